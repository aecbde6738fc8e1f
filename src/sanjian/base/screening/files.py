"""Screening a file: the same rules, no database, no lake.

The input brings the columns that `screen describe` lists; facts (points, limits, factors) come as files too. The moment
of judgement is the newest time in the data unless it is given, so that the same file gives the same findings tomorrow.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from sanjian.base.lake import Column, Stream
from sanjian.base.lake import stream as stream_named

from .contract import Finding, Input, Screen
from .facts import frame as fact_frame
from .families import chosen
from .parameters import restored
from .tables import BadTable, read_table

LOCAL = ZoneInfo("Asia/Shanghai")
OUTPUTS = (".csv", ".parquet", ".json")


@dataclass(frozen=True, slots=True)
class Report:
    """What a file run did."""

    screens: tuple[str, ...]
    rows: int
    subjects: int
    now: datetime
    findings: tuple[Finding, ...]


def run_on_file(
    name: str,
    inputs: Mapping[str, Path] | Path,
    output: Path | None = None,
    *,
    facts: Mapping[str, Path] | None = None,
    overrides: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> Report:
    """Run a screen, or all screens of a family, on files.

    Args:
        name: of a screen or a family.
        inputs: one file for the only stream that the screens read, or a file per stream.
        output: .csv, .parquet or .json; None writes nothing.
        facts: a file per fact frame: points, limits, factors, ...
        overrides: parameters by name; with a family, each goes to the screens that have it.
        now: moment of judgement, aware; None takes the newest time in the data.

    Raises:
        KeyError: no such screen.
        BadTable, BadParameter: a file or parameter cannot be used; the message says why.
    """
    screens = chosen(name)
    if output is not None and output.suffix.lower() not in OUTPUTS:
        raise BadTable(f"不能写成 {output.name}，结果文件可用 {' '.join(OUTPUTS)}")
    # In a family run, a screen that lacks its facts or streams is left out; it is refused when asked for alone.
    if len(screens) > 1:
        screens = [s for s in screens if _can_run(s, inputs, facts or {})]
    frames: dict[str, pl.DataFrame] = {}
    for screen in screens:
        for source in screen.inputs:
            if source.stream not in frames:
                frames[source.stream] = _input(_path(inputs, source), _together(screens, source.stream))
    moment = now or _newest(frames)
    settings = _settings(screens, overrides or {})
    findings: list[Finding] = []
    cut: dict[tuple[str, Any], pl.DataFrame] = {}
    kept: dict[str, pl.DataFrame] = {}
    for screen in screens:
        known = _facts(screen, frames, facts or {}, kept)
        # The same rows are the same frame to every screen: many prepare them once between them.
        seen = {i.stream: cut.setdefault((i.stream, i.only), _only(frames[i.stream], i)) for i in screen.inputs}
        findings += screen.run(seen, known, settings[screen.name], moment)
    findings.sort(key=lambda f: (f.started_at, f.subject, f.screen, f.fingerprint))
    if output is not None:
        write_findings(findings, output)
    by = screens[0].by
    rows = sum(f.height for f in frames.values())
    subjects = max((f.select(by).n_unique() for f in frames.values()), default=0)
    return Report(tuple(s.name for s in screens), rows, subjects, moment, tuple(findings))


def _can_run(screen: Screen, inputs: Mapping[str, Path] | Path, facts: Mapping[str, Path]) -> bool:
    given = {screen.inputs[0].stream} if isinstance(inputs, Path) else set(inputs)
    return {i.stream for i in screen.inputs} <= given and all(f in facts for f in screen.must)


def input_columns(source: Input) -> list[tuple[Column, bool]]:
    """The columns that a file may bring for an input, and whether it must."""
    by_name = {c.name: c for c in stream_named(source.stream).columns}
    wanted = [*source.needs, *(m for m in source.may if m not in source.needs)]
    return [(by_name[n], n in source.needs) for n in wanted]


def write_findings(findings: Sequence[Finding], output: Path) -> None:
    """Write findings by the suffix of the file: JSON in full, CSV and Parquet as a flat table, times as in China."""
    output.parent.mkdir(parents=True, exist_ok=True)
    if output.suffix.lower() == ".json":
        content = json.dumps([f.as_json() for f in findings], ensure_ascii=False, indent=1)
        output.write_text(content + "\n", encoding="utf-8")
        return
    table = pl.DataFrame([_flat(f) for f in findings], schema=FLAT, orient="row")
    if output.suffix.lower() == ".parquet":
        table.write_parquet(output)
    else:
        # The mark at the start makes spreadsheet programs read UTF-8.
        output.write_bytes(b"\xef\xbb\xbf" + table.write_csv().encode())


FLAT: dict[str, Any] = {
    "screen": pl.String,
    "version": pl.String,
    "subject": pl.String,
    "kind": pl.String,
    "factor": pl.String,
    "started_at": pl.String,
    "ended_at": pl.String,
    "severity": pl.Int64,
    "confidence": pl.Float64,
    "summary_zh": pl.String,
    "law": pl.String,
    "numbers": pl.String,
    "fingerprint": pl.String,
}


def _flat(finding: Finding) -> tuple[Any, ...]:
    ended = finding.ended_at.astimezone(LOCAL).isoformat() if finding.ended_at else None
    return (
        finding.screen, finding.version, finding.subject, finding.kind, finding.evidence.factor,
        finding.started_at.astimezone(LOCAL).isoformat(), ended, finding.severity, finding.confidence,
        finding.summary_zh, ";".join(finding.law), json.dumps(finding.evidence.numbers, ensure_ascii=False),
        finding.fingerprint,
    )  # fmt: skip


def _path(inputs: Mapping[str, Path] | Path, source: Input) -> Path:
    if isinstance(inputs, Path):
        return inputs
    if source.stream not in inputs:
        raise BadTable(f"缺少数据流 {source.stream} 的输入文件")
    return inputs[source.stream]


def _together(screens: Sequence[Screen], stream: str) -> Input:
    """What several screens need of one stream, as one input."""
    sources = [i for s in screens for i in s.inputs if i.stream == stream]
    needs = tuple(dict.fromkeys(n for s in sources for n in s.needs))
    may = tuple(dict.fromkeys(m for s in sources for m in s.may))
    return Input(stream, sources[0].look_back, sources[0].by, (), needs, may, sources[0].defaults)


def _input(path: Path, source: Input) -> pl.DataFrame:
    stream = stream_named(source.stream)
    rows = read_table(path, stream.columns, source.needs, dict(source.defaults))
    return _completed(rows, stream).select(list(stream.schema)).unique(stream.key, keep="last").sort(stream.key)


def _completed(rows: pl.DataFrame, stream: Stream) -> pl.DataFrame:
    """Rows with what follows from the rest: time of receipt is the data's own time, the day is its UTC day."""
    received = pl.col(stream.received).fill_null(pl.col(stream.time))
    day = pl.col(stream.partition_of).dt.date()
    return (
        rows.with_columns(received).with_columns(day.alias(stream.partition)).sort(stream.received, maintain_order=True)
    )


def _only(rows: pl.DataFrame, source: Input) -> pl.DataFrame:
    for column, values in source.only:
        rows = rows.filter(pl.col(column).is_in(values))
    return rows


def _newest(frames: Mapping[str, pl.DataFrame]) -> datetime:
    newest = [f[stream_named(n).received].max() for n, f in frames.items()]
    moments = [m for m in newest if isinstance(m, datetime)]
    if not moments:
        raise BadTable("输入文件没有数据行")
    return max(moments)


def _facts(
    screen: Screen, frames: Mapping[str, pl.DataFrame], given: Mapping[str, Path], kept: dict[str, pl.DataFrame]
) -> dict[str, pl.DataFrame]:
    """Fact frames from files; a frame that only needs the subject's code is made from the data when no file is
    given. What was made for one screen is `kept` for the next.
    """
    for name in screen.must:
        if name not in given:
            raise BadTable(f"规则 {screen.name} 需要{fact_frame(screen.family, name).about_zh}：请用 --{name} 给出文件")
    for name in screen.facts:
        fact = fact_frame(screen.family, name)
        if name in kept:
            continue
        if name in given:
            kept[name] = read_table(given[name], fact.columns, fact.required)
        elif fact.required == screen.by:
            subjects = pl.concat([f.select(screen.by) for f in frames.values()]).unique().sort(screen.by)
            kept[name] = pl.concat([fact.empty(), subjects], how="diagonal")
        elif not fact.is_from_rows:
            kept[name] = fact.empty()
    return {name: kept[name] for name in screen.facts if name in kept}


def _settings(screens: Sequence[Screen], overrides: Mapping[str, Any]) -> dict[str, Any]:
    known = {s.name: set(s.parameters.__dataclass_fields__) for s in screens}
    for name in overrides:
        if not any(name in fields for fields in known.values()):
            restored(screens[0].parameters, {name: overrides[name]})  # raises, with the names that exist
    return {s.name: restored(s.parameters, {n: v for n, v in overrides.items() if n in known[s.name]}) for s in screens}
