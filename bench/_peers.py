"""Peers of `bench tamper`, in an interpreter of their own: saqc, PyOD and STUMPY are no dependencies of ours.

    PYTHON -m bench._peers FILE.npz

The file holds windows as `NAME` (windows, past + size); each peer scores every window, its alarm limit is the 99 %
quantile of the honest windows of the calibration year. One JSON line: peer -> recall by name, and its false alarms.
Needs numpy and whichever peers are installed; nothing of sanjian.
"""

import json
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

SIZE = 72
RECENT = 720 + SIZE
"""Hours that detectors of features and flags look at; only the search for likeness asks for the whole past."""
Scores = Callable[[np.ndarray], np.ndarray]


def features(windows: np.ndarray) -> np.ndarray:
    """What outlier detectors are usually fed: level, spread, steps and shape of the window beside its past."""
    logs = np.log(np.maximum(windows[:, -RECENT:], 1e-6))
    past, here = logs[:, :-SIZE], logs[:, -SIZE:]

    def told(part: np.ndarray) -> list[np.ndarray]:
        steps = np.diff(part, axis=1)
        centred = part - np.nanmean(part, 1)[:, None]
        turned = np.nanmean(centred[:, 1:] * centred[:, :-1], 1)
        return [
            np.nanmean(part, 1), np.nanstd(part, 1), np.nanmin(part, 1), np.nanmax(part, 1),
            np.nanmedian(np.abs(steps), 1), turned / np.maximum(np.nanvar(part, 1), 1e-9), np.isnan(part).mean(1),
        ]  # fmt: skip

    now, before = told(here), told(past)
    return np.nan_to_num(np.stack([*now, *(a - b for a, b in zip(now, before, strict=True))], axis=1))


def pyod(kind: str, honest: np.ndarray) -> Scores:
    """A detector of PyOD learned on the features of honest windows."""
    from pyod.models.ecod import ECOD
    from pyod.models.iforest import IForest

    model: Any = IForest(random_state=0, n_estimators=300) if kind == "iforest" else ECOD()
    model.fit(features(honest))
    return lambda windows: model.decision_function(features(windows))


def stumpy_mass(windows: np.ndarray) -> np.ndarray:
    """Likeness of the window to its past: the smallest z-normalised distance, negated."""
    import stumpy

    found = []
    for row in windows:
        filled = np.where(np.isnan(row), np.nanmean(row), row)
        query = filled[-SIZE:]
        query = query + 1e-9 * np.arange(SIZE)  # a constant has no z-normalisation
        found.append(-float(np.nanmin(stumpy.mass(query, filled[:-SIZE]))))
    return np.array(found)


def saqc_flags(windows: np.ndarray) -> np.ndarray:
    """Share of the window's hours that saqc flags as constant, of too little variance, or far off its past."""
    import pandas as pd
    import saqc

    found = []
    for row in windows[:, -RECENT:]:
        series = pd.Series(row, index=pd.date_range("2020-01-01", periods=len(row), freq="h"), name="x")
        spread = float(np.nanstd(row[:-SIZE]))
        done = saqc.SaQC(series.to_frame())
        done = done.flagConstants("x", thresh=0.02 * spread, window="6h")
        done = done.flagByVariance("x", window="24h", thresh=(0.1 * spread) ** 2)
        done = done.flagZScore("x", method="modified", window=240, thresh=3.5)
        flagged = (done.flags["x"].to_numpy() > -np.inf)[-SIZE:]
        found.append(float(flagged.mean()))
    return np.array(found)


def main(path: str) -> None:
    """Score every peer that can be imported."""
    warnings.simplefilter("ignore")
    parts = dict(np.load(path))
    honest, clean = parts.pop("before"), parts.pop("clean")
    peers: dict[str, Callable[[], Scores]] = {
        "pyod_iforest": lambda: pyod("iforest", honest),
        "pyod_ecod": lambda: pyod("ecod", honest),
        "stumpy_mass": lambda: stumpy_mass,
        "saqc": lambda: saqc_flags,
    }
    report: dict[str, Any] = {}
    for name, make in peers.items():
        began = time.perf_counter()
        try:
            score = make()
            limit = float(np.quantile(score(honest), 0.99))
        except ImportError as error:
            report[name] = f"not installed: {error.name}"
            continue
        recall = {way: round(float(np.mean(score(windows) > limit)), 3) for way, windows in parts.items()}
        false_alarms = round(float(np.mean(score(clean) > limit)), 3)
        report[name] = {
            "recall": recall, "false_alarm_rate": false_alarms, "seconds": round(time.perf_counter() - began, 1)
        }  # fmt: skip
    print(json.dumps(report))


if __name__ == "__main__":
    main(sys.argv[1])
