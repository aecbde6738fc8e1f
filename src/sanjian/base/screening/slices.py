"""Freezing what a finding was read from, and coming to it again.

A frozen finding is a manifest: canonical JSON that names, by SHA-256, one Parquet file per input and per fact frame,
with only the subject's own rows in the interval that the verdict rests on. The manifest's own hash stands in the
finding's record. Anyone who has the files and the same version of the screen can run it again and must get the same
finding.
"""

import hashlib
import io
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import polars as pl

from sanjian.base.lake import stream as stream_named

from .contract import Finding, Frames, Screen
from .parameters import plain, restored
from .runner import Seen, key_of
from .windows import earlier, later

FORMAT = "sanjian-finding/1"
Put = Callable[[bytes], str]
"""Stores bytes and returns their SHA-256."""
Get = Callable[[str], bytes]
"""The bytes of a SHA-256."""


class NotReproducible(Exception):
    """A screen did not come to its own finding again on the slice: the rule is not pure, or reads beyond its
    look-back.
    """

    def __init__(self, finding: Finding) -> None:
        super().__init__(f"{finding.screen} {finding.version}: {finding.subject} 的发现不能由冻结切片重算得到")
        self.fingerprint = finding.fingerprint


def freeze(finding: Finding, seen: Seen, put: Put) -> str:
    """Store what a finding rests on; returns the SHA-256 of the manifest.

    The slice is first cut to what the contract lets a verdict rest on, then to all that was read of the subject if that
    was not enough; whichever is stored has just been run again and gave the same finding.

    Raises:
        NotReproducible: not even the full slice gives the finding again.
        LakeFull, NotStored: from the store.
    """
    for tight in (True, False):
        files: dict[str, bytes] = {}
        manifest = _manifest(finding, seen, files, tight=tight)
        # From the bytes that will be stored, not from what is in memory: what a stranger will get.
        if rerun_manifest(seen.screen, json.loads(canonical(manifest)), files.__getitem__) == finding.as_json():
            for content in files.values():
                put(content)
            return put(canonical(manifest))
    raise NotReproducible(finding)


def _manifest(finding: Finding, seen: Seen, files: dict[str, bytes], *, tight: bool) -> dict[str, Any]:
    """The manifest of a finding; its files are added to `files` by their hash."""

    def add(frame: pl.DataFrame) -> dict[str, Any]:
        content = parquet(frame)
        files[sha256(content)] = content
        return {"rows": frame.height, "sha256": sha256(content)}

    frames, periods = _own_rows(finding, seen, tight=tight)
    inputs = []
    for name in sorted(frames):
        since, until = periods.get(name, (None, None))
        period = {"since": _iso(since) if since else None, "until": _iso(until) if until else None}
        inputs.append({"stream": name, "lake_version": seen.versions.get(name), **period, **add(frames[name])})
    return {
        "format": FORMAT,
        "screen": seen.screen.name,
        "version": seen.screen.version,
        "parameters": plain(seen.parameters),
        "now": _iso(seen.now),
        "subject": dict(finding.evidence.key),
        "inputs": inputs,
        "facts": [{"name": n, **add(_own_facts(finding, seen, seen.facts[n]))} for n in sorted(seen.facts)],
        "finding": finding.as_json(),
    }


def rerun(
    screen: Screen, frames: Frames, facts: Frames, parameters: Any, now: datetime, fingerprint: str
) -> dict[str, Any] | None:
    """Run a screen on a slice; the finding of that fingerprint as plain values, None when it does not come out."""
    for finding in screen.run(frames, facts, parameters, now):
        if finding.fingerprint == fingerprint:
            return finding.as_json()
    return None


def rerun_manifest(screen: Screen, manifest: Mapping[str, Any], get: Get) -> dict[str, Any] | None:
    """Run a screen on the files of a manifest, with the parameters and the moment written in it."""
    frames = {i["stream"]: frame_of(get(i["sha256"])) for i in manifest["inputs"]}
    facts = {f["name"]: frame_of(get(f["sha256"])) for f in manifest["facts"]}
    parameters = restored(screen.parameters, manifest["parameters"])
    now = datetime.fromisoformat(manifest["now"])
    return rerun(screen, frames, facts, parameters, now, manifest["finding"]["fingerprint"])


def files_of(manifest: Mapping[str, Any]) -> dict[str, str]:
    """File name in an exported folder -> SHA-256, in order."""
    inputs = {f"inputs/{i['stream']}.parquet": i["sha256"] for i in manifest["inputs"]}
    return inputs | {f"facts/{f['name']}.parquet": f["sha256"] for f in manifest["facts"]}


def canonical(value: Any) -> bytes:
    """JSON bytes that depend on nothing but the value; readable by people, hence the indent."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


def parquet(frame: pl.DataFrame) -> bytes:
    """A frame as Parquet bytes; the same rows give the same bytes under the same Polars."""
    out = io.BytesIO()
    frame.write_parquet(out, compression="zstd", compression_level=3, statistics=False)
    return out.getvalue()


def frame_of(content: bytes) -> pl.DataFrame:
    """A frame from Parquet bytes."""
    return pl.read_parquet(io.BytesIO(content), hive_partitioning=False)


def sha256(content: bytes) -> str:
    """Hex SHA-256 of bytes."""
    return hashlib.sha256(content).hexdigest()


def own_rows(subject: Mapping[str, str]) -> pl.Expr:
    """The condition that keeps one subject's rows."""
    return pl.all_horizontal(pl.lit(True), *(pl.col(c) == v for c, v in subject.items()))


def _own_rows(
    finding: Finding, seen: Seen, *, tight: bool
) -> tuple[dict[str, pl.DataFrame], dict[str, tuple[datetime, datetime]]]:
    frames: dict[str, pl.DataFrame] = {}
    periods: dict[str, tuple[datetime, datetime]] = {}
    key = key_of(seen.screen, finding)
    for source in seen.screen.inputs:
        stream, rows = stream_named(source.stream), seen.frames[source.stream]
        rows = rows.filter(own_rows({c: finding.evidence.key[c] for c in source.by}))
        read = seen.periods.get(source.stream, {}).get(key)
        if read and tight:
            start = max(read[0], earlier(finding.started_at, source.look_back))
            end = min(read[1], later(finding.reaches_to, source.look_back / 2))
            read = (start, end) if start < end else read
        if read:
            rows = rows.filter(pl.col(stream.time) >= read[0], pl.col(stream.time) < read[1])
            periods[source.stream] = read
        frames[source.stream] = rows
    return frames, periods


def _own_facts(finding: Finding, seen: Seen, frame: pl.DataFrame) -> pl.DataFrame:
    """Facts of this subject, and those of nobody (factors); never those of another enterprise."""
    for column in seen.screen.by:
        if column in frame.columns:
            frame = frame.filter(pl.col(column) == finding.evidence.key[column])
    if "subject" in frame.columns:
        frame = frame.filter(pl.col("subject") == finding.subject)
    return frame


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
