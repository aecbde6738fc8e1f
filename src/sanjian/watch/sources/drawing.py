"""The curve as plain values for the browser: what `curve.json` answers."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sanjian.base.identity.models import Account
from sanjian.base.registry.models import Factor, Limit, MonitoringPoint
from sanjian.base.registry.units import written
from sanjian.base.screening.models import FindingRecord

from . import curve
from .expected_line import expected_lines
from .names import kind_name
from .queries import limits_of

SHOWN_AT_FIRST = 4
"""Factors drawn when nobody chose (our choice): what fits on a screen without scrolling; the rest are one click
away.
"""


def drawing(
    viewer: Account, point: MonitoringPoint, window: curve.Window, wanted: Sequence[str], *, with_expected: bool = False
) -> dict[str, Any]:
    """Everything that the curve island draws.

    Args:
        wanted: factor codes; empty for the first few, those with a limit first.
        with_expected: also the line of the soft sensor; never for the regulated.
    """
    rows = curve.readings(point.device_mn, window)
    limits = [x for x in limits_of(point) if x.period == ("day" if window.kind == "day" else "hour")]
    with_limit = {x.factor_id for x in limits}
    codes = sorted(rows["factor_code"].unique().to_list(), key=lambda c: (c not in with_limit, c))
    known = {f.code: f for f in Factor.objects.filter(code__in=[*codes, *wanted])}
    chosen = [c for c in wanted if c in codes] or codes[:SHOWN_AT_FIRST]
    if wanted and not any(c in codes for c in wanted):
        chosen = []
    lines = expected_lines(point, window, chosen) if with_expected and not viewer.is_regulated else {}
    return {
        "kind": window.kind,
        "since": curve.epoch_ms(window.since),
        "until": curve.epoch_ms(window.until),
        "available": [{"code": c, "name": _name(known.get(c), c), "has_limit": c in with_limit} for c in codes],
        "expected": lines,
        "factors": [
            _series(
                rows.filter(pl.col("factor_code") == c),
                known.get(c),
                c,
                [x for x in limits if x.factor_id == c],
                window,
            )
            for c in chosen
        ],
        "findings": _findings(viewer, point, window),
    }


def _series(
    rows: pl.DataFrame, factor: Factor | None, code: str, limits: Sequence[Limit], window: curve.Window
) -> dict[str, Any]:
    step_s = curve.expected_step_s(rows, window.kind)
    judged = curve.judged(rows, limits)
    drawn = curve.thinned(judged)
    corrected = any(x.basis == Limit.Basis.CORRECTED for x in limits)
    return {
        "code": code,
        "name": _name(factor, code),
        "unit": written(factor.unit) if factor else "",
        "decimals": factor.decimals if factor else 2,
        "is_corrected": corrected,
        "step_ms": int(step_s * 1000),
        "total": rows.height,
        "over": int(judged["is_over"].sum()),
        "t": [curve.epoch_ms(t) for t in drawn["data_time_at"]],
        "v": drawn["shown"].to_list(),
        "measured": drawn["value"].to_list() if corrected else None,
        "text": drawn["value_text"].to_list(),
        "flag": drawn["data_flag"].to_list(),
        "quality": drawn["quality_flag"].to_list(),
        "is_over": drawn["is_over"].to_list(),
        "versions": drawn["versions"].to_list(),
        "sha": drawn["frame_sha256"].to_list(),
        "received": [curve.epoch_ms(t) for t in drawn["received_at"]],
        "gaps": curve.gaps(rows, step_s),
        "limits": [_limit(x) for x in limits],
    }


def _limit(limit: Limit) -> dict[str, Any]:
    return {
        "from": curve.local_midnight_ms(limit.valid_from),
        "to": curve.local_midnight_ms(limit.valid_to + timedelta(days=1)) if limit.valid_to else None,
        "upper": limit.upper,
        "lower": limit.lower,
        "source": limit.source,
        "law": str(limit.legal_basis or ""),
        "valid_from": limit.valid_from.isoformat(),
        "basis": _(limit.get_basis_display()),
    }


def _findings(viewer: Account, point: MonitoringPoint, window: curve.Window) -> list[dict[str, Any]]:
    found = FindingRecord.objects.visible_to(viewer).filter(point=point, started_at__lt=window.until)
    found = found.exclude(ended_at__lt=window.since).order_by("started_at")[:200]
    return [
        {
            "id": f.pk,
            "name": kind_name(f.kind),
            "summary": f.summary_zh,
            "severity": f.severity,
            "factor": f.evidence.get("factor"),
            "from": curve.epoch_ms(f.started_at),
            "to": curve.epoch_ms(f.ended_at) if f.ended_at else None,
            "url": f"{reverse('point', args=[point.device_mn])}?finding={f.pk}",
        }
        for f in found
    ]


def finding_window(finding: FindingRecord) -> curve.Window:
    """The interval in which a finding's evidence is drawn, and the kind of data that proves it."""
    evidence = finding.evidence
    since, until = datetime.fromisoformat(evidence["since"]), datetime.fromisoformat(evidence["until"])
    kind = evidence.get("key", {}).get("kind", "")
    if kind not in curve.KINDS:
        kind = "day" if finding.kind.startswith("daily") else "hour" if finding.kind.startswith("hourly") else ""
    return curve.Window(kind, since.astimezone(UTC), until.astimezone(UTC))


def _name(factor: Factor | None, code: str) -> str:
    if factor is None:
        return code
    return factor.name_en if get_language() == "en" and factor.name_en else factor.name
