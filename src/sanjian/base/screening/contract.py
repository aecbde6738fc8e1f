"""Screens and findings: the contract between everything that watches and everyone who acts.

A screen is a pure function of rows, facts, parameters and a moment. It runs the same on new rows, on history, on a file
and on a frozen slice; therefore a finding can be re-run years later, by anyone, and must come out the same.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import polars as pl

Frames = Mapping[str, pl.DataFrame]
Mode = Literal["live", "shadow"]

OPEN: dict[str, Any] = {
    "subject": pl.String,
    "kind": pl.String,
    "factor": pl.String,
    "started_at": pl.Datetime("us", "UTC"),
}
"""The reserved fact "open": a screen's own findings that have not ended."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Which rows prove a finding, and how to draw them.

    Args:
        stream: the stream in which the rows lie.
        key: the subject's key in that stream, e.g. {"device_mn": ...}.
        factor: the factor to draw, None for all.
        since, until: interval to draw, with some context around the highlight; aware.
        highlight: the interval that is the finding itself.
        numbers: the figures behind the verdict, name -> value, in the order in which a person asks for them.
        innocent: innocent explanations that were tested: (Chinese sentence, whether it was ruled out).
    """

    stream: str
    key: dict[str, str]
    factor: str | None
    since: datetime
    until: datetime
    highlight: tuple[datetime, datetime]
    numbers: dict[str, float | int | str | None] = field(default_factory=dict)
    innocent: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One suspicion that a screen raises: what, whose, when, how sure, on what law, proven by which rows.

    Args:
        screen, version: which rule, in which version, came to it.
        subject: device code or other id that the registry resolves to an inspection object.
        point: the monitoring point's device code, "" when the subject is not a point.
        kind: machine code of what is suspected, e.g. "hourly_exceedance"; with the subject, it is the cause for
            merging.
        started_at, ended_at: the interval concerned; `ended_at` is None while it goes on.
        severity: 1 (note) to 5 (act today).
        confidence: 0 to 1.
        summary_zh: one sentence with figures, units and time.
        law: codes of `registry.LegalBasis`.
    """

    screen: str
    version: str
    subject: str
    point: str
    kind: str
    started_at: datetime
    ended_at: datetime | None
    severity: int
    confidence: float
    summary_zh: str
    evidence: Evidence
    law: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.severity <= 5:
            raise ValueError(f"severity {self.severity} is not in 1..5")
        if not 0 <= self.confidence <= 1:
            raise ValueError(f"confidence {self.confidence} is not in 0..1")

    @property
    def fingerprint(self) -> str:
        """What makes two findings the same one: screen, subject, kind, factor and start. Re-runs update, never
        duplicate.
        """
        parts = [self.screen, self.subject, self.kind, self.evidence.factor or "", _iso(self.started_at)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]

    @property
    def reaches_to(self) -> datetime:
        """The end, or for one that goes on, as far as it has been seen."""
        return self.ended_at if self.ended_at is not None else self.evidence.highlight[1]

    def as_json(self) -> dict[str, Any]:
        """Plain values, times as ISO text in UTC; the form in which findings are stored, exported and compared."""
        plain = asdict(self)
        plain["fingerprint"] = self.fingerprint
        return json.loads(json.dumps(plain, default=_iso, ensure_ascii=False))  # type: ignore[no-any-return]

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "Finding":
        """The finding of `as_json`."""
        values = {k: v for k, v in plain.items() if k != "fingerprint"}
        evidence = dict(values["evidence"])
        evidence["since"], evidence["until"] = _moment(evidence["since"]), _moment(evidence["until"])
        evidence["highlight"] = (_moment(evidence["highlight"][0]), _moment(evidence["highlight"][1]))
        evidence["innocent"] = tuple((text, ruled_out) for text, ruled_out in evidence["innocent"])
        values["started_at"] = _moment(values["started_at"])
        values["ended_at"] = _moment(values["ended_at"]) if values["ended_at"] else None
        values["law"] = tuple(values["law"])
        return cls(**{**values, "evidence": Evidence(**evidence)})


@dataclass(frozen=True, slots=True)
class Input:
    """A stream that a screen reads, and how far back from the newest row it must see to judge.

    Args:
        stream: name of the stream.
        look_back: the span before the first new row.
        by: the columns that identify a subject: new rows of a subject make the screen read that subject again.
        only: the rows that matter: (column, allowed values) each; rows of other values neither wake the screen nor
            reach it.

        needs, may: the columns that a file must and may bring to be screened; the rest of the stream is filled with
            null.
        defaults: what a column holds in a file that does not have it, (column, value) each.

    What a verdict may rest on: rows from `started_at - look_back` to `look_back / 2` after its end. The runner relies
    on it when it decides whether a finding may have been cut by the edge of what was read.
    """

    stream: str
    look_back: timedelta
    by: tuple[str, ...] = ("device_mn",)
    only: tuple[tuple[str, tuple[str, ...]], ...] = ()
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    defaults: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Screen:
    """One rule.

    Args:
        name: e.g. "sources.exceedance"; the part before the dot is the family, which names the template that draws
            evidence.
        version: raised with every change that can change a verdict.
        about_zh: what it looks for, why, and what it does not accuse.
        inputs: the streams it reads.
        facts: names of registry frames it needs, see `facts.py` of the family: "points", "limits", "factors". The name
            "open" is reserved: the runner gives this screen's own findings that have not ended (OPEN), so that a rule
            about absence can end them without reading back to their start.
        parameters: a frozen dataclass instance with the defaults.
        must: the facts without which it can find nothing; a file run without them is refused.
        run: (frames by stream name, facts by name, parameters, now) -> findings. Pure. `now` is the moment of
            judgement.
        every: also run when no new rows came, at this interval (rules about absence), on facts alone: the frames are
            empty then; None for rules about rows.
        pace: new rows are gathered up to this long between two runs, less when runs are cheap; zero judges them as they
            come.
        starts: "live", or "shadow" for a rule that has yet to earn its place: it runs and is judged, and opens nothing.
        is_told: whether the enterprise may see what it finds before anybody has looked: what it could see in its own
            data. To tell of a suspected cheat would announce the visit.
        rest: however cheap, never run sooner after a run than this; for rules over weeks, which an hour changes little.
    """

    name: str
    version: str
    about_zh: str
    inputs: tuple[Input, ...]
    facts: tuple[str, ...]
    parameters: Any
    run: Callable[[Frames, Frames, Any, datetime], Sequence[Finding]]
    must: tuple[str, ...] = ()
    every: timedelta | None = None
    pace: timedelta = timedelta(0)
    rest: timedelta = timedelta(0)
    starts: Mode = "live"
    is_told: bool = False

    @property
    def by(self) -> tuple[str, ...]:
        """The columns that identify a subject, the same for every input."""
        return self.inputs[0].by if self.inputs else ("device_mn",)

    @property
    def family(self) -> str:
        """The capability that the screen belongs to."""
        return self.name.split(".", 1)[0]


_screens: dict[str, Screen] = {}


def register(*screens: Screen) -> None:
    """Make screens known to the runner and the command line."""
    for screen in screens:
        if any(i.by != screen.by for i in screen.inputs):
            raise ValueError(f"{screen.name}: all inputs must name the subject by the same columns")
        known = _screens.setdefault(screen.name, screen)
        if known is not screen and known != screen:
            raise ValueError(f"two screens are called {screen.name}")


def screen(name: str) -> Screen:
    """The screen of this name. Raises KeyError with the names that exist."""
    try:
        return _screens[name]
    except KeyError:
        raise KeyError(f"没有名为 {name!r} 的筛查规则；现有：{'、'.join(sorted(_screens))}") from None


def all_screens() -> list[Screen]:
    """Every registered screen, by name."""
    return [_screens[name] for name in sorted(_screens)]


def told() -> list[str]:
    """Names of the screens whose findings the enterprise may see by itself."""
    return [screen.name for screen in all_screens() if screen.is_told]


def _iso(moment: Any) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")  # type: ignore[no-any-return]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
