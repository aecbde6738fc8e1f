"""The line of the soft sensor beside the measured one: what conditions say each hour should have shown.

The quick sensor of the rules (R14), learned on the sixty days before each month; nothing is drawn where it has not
learned enough. For officials: it is a reason to look, no measurement.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np

from sanjian.base.registry.models import MonitoringPoint

from . import curve, facts
from .screens.outlet import BLOCK_H, HOUR, Outlet, outlets
from .screens.sensing import MONTH, signs_of
from .tamper.signal import Array

LEARNED = timedelta(hours=4 * MONTH)
"""How far before a window is read: the months that its sensor learned on, wherever the window lies in its month."""


def expected_lines(point: MonitoringPoint, window: curve.Window, codes: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Expected values by pollutant: `t` (epoch milliseconds) and `v` (in the factor's unit); only where known.

    Args:
        window: of hourly data; for other kinds there is no line.
    """
    if window.kind != "hour":
        return {}
    rows = curve.readings(point.device_mn, curve.Window("hour", window.since - LEARNED, window.until))
    known = outlets(rows, facts.provide(("points", "limits", "factors"), [point.device_mn]))
    if not known:
        return {}
    outlet = known[0]
    lines = {}
    for code in codes:
        if code not in outlet.pollutants:
            continue
        expected = np.exp(signs_of(outlet).expected(code)) * _as_drawn(outlet, code)
        known_hours: list[int] = np.flatnonzero(~np.isnan(expected)).tolist()
        hours = [n for n in known_hours if outlet.at(n) >= window.since - HOUR]
        if hours:
            lines[code] = {
                "t": [curve.epoch_ms(outlet.at(n)) for n in hours],
                "v": [round(float(expected[n]), 4) for n in hours],
            }
    return lines


def _as_drawn(outlet: Outlet, code: str) -> Array:
    """What turns a measured value into the one that is drawn: 1, or the hour's own oxygen correction."""
    series, whole = outlet.series[code], outlet.blocks * BLOCK_H
    if not outlet.limits.get(code, (0.0, False))[1]:
        return np.ones(whole)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = series.corrected[:whole] / series.raw[:whole]
    return np.where(np.isfinite(ratio), ratio, np.nan)
