"""Verifying a finding: the frozen files are what they were, the same rule comes to the same finding, the lake agrees.

Needs no database; without a lake the last check says that it was not made.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from sanjian.base.lake import HistoryGone, Lake
from sanjian.base.lake import stream as stream_named

from .contract import Screen
from .contract import screen as screen_named
from .slices import FORMAT, Get, canonical, files_of, frame_of, own_rows, rerun_manifest, sha256
from .windows import wanted


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: whether it holds (None: could not be looked at), and what was seen."""

    name: str
    holds: bool | None
    seen_zh: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came out of verifying a finding."""

    manifest_sha256: str
    finding: dict[str, Any] | None
    checks: tuple[Check, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against the finding and it was in fact run again."""
        return all(c.holds is not False for c in self.checks) and any(c.name == "重算" and c.holds for c in self.checks)

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        checks = [{"name": c.name, "holds": c.holds, "seen": c.seen_zh} for c in self.checks]
        return {"holds": self.holds, "manifest_sha256": self.manifest_sha256, "checks": checks, "finding": self.finding}


def verify(manifest_bytes: bytes, get: Get, *, lake: Lake | None = None, expect: str | None = None) -> Verdict:
    """Verify a finding from its manifest.

    Args:
        get: the bytes of a hash; may raise anything an unreadable or missing file raises.
        lake: hold the slice against it, where it still keeps the version.
        expect: the manifest hash known from elsewhere (the record, a written notice); None skips that check.
    """
    found = sha256(manifest_bytes)
    checks = [] if expect is None else [_manifest_check(found, expect)]
    try:
        manifest = json.loads(manifest_bytes)
        if manifest["format"] != FORMAT or canonical(manifest) != manifest_bytes:
            raise ValueError(manifest["format"])
        names = files_of(manifest)
    except (ValueError, KeyError, TypeError):
        return Verdict(found, None, (*checks, Check("清单", False, "清单不是本系统的格式，或已被改动")))
    files = [_file_check(name, digest, get) for name, digest in names.items()]
    checks += files
    if all(c.holds for c in files):
        checks += [_again(manifest, get), *_against_lake(manifest, get, lake)]
    else:
        checks.append(Check("重算", None, "冻结文件不完整，未重算"))
    return Verdict(found, manifest["finding"], tuple(checks))


def _manifest_check(found: str, expect: str) -> Check:
    if found == expect:
        return Check("清单", True, f"SHA-256 {found} 与登记一致")
    return Check("清单", False, f"manifest.json 被改动：SHA-256 应为 {expect}，实为 {found}")


def _file_check(name: str, digest: str, get: Get) -> Check:
    try:
        found = sha256(get(digest))
    except FileNotFoundError:
        return Check(name, False, f"{name} 缺失（SHA-256 {digest}）")
    except Exception as error:  # whatever a damaged store raises, the file does not hold
        return Check(name, False, f"{name} 不能读取：{error}")
    if found != digest:
        return Check(name, False, f"{name} 被改动：SHA-256 应为 {digest}，实为 {found}")
    return Check(name, True, f"SHA-256 {digest} 一致")


def _again(manifest: Mapping[str, Any], get: Get) -> Check:
    name, version = manifest["screen"], manifest["version"]
    try:
        screen = screen_named(name)
    except KeyError:
        return Check("重算", False, f"本程序没有规则 {name}，不能重算")
    if screen.version != version:
        return Check("重算", False, f"发现由规则 {name} 版本 {version} 作出，本程序是版本 {screen.version}，不能重算")
    try:
        again = rerun_manifest(screen, manifest, get)
    except Exception as error:  # whatever a rule raises on altered input is a failed verification, not a crash
        return Check("重算", False, f"规则在冻结输入上出错：{type(error).__name__}: {error}")
    if again == manifest["finding"]:
        return Check("重算", True, f"规则 {name} 版本 {version} 在冻结输入上得到完全相同的发现")
    if again is None:
        return Check("重算", False, f"规则 {name} 版本 {version} 在冻结输入上得不到这个发现")
    differing = [k for k in again if again[k] != manifest["finding"].get(k)]
    return Check("重算", False, f"重算结果与清单所记不同：{'、'.join(differing)}")


def _against_lake(manifest: Mapping[str, Any], get: Get, lake: Lake | None) -> list[Check]:
    checks = []
    for entry in manifest["inputs"]:
        name = f"数据湖 {entry['stream']}"
        if entry["lake_version"] is None or entry["since"] is None:
            checks.append(Check(name, None, "此发现不依据湖中数据行，或来自文件"))
        elif lake is None:
            checks.append(Check(name, None, "没有数据湖可供比对"))
        else:
            checks.append(_lake_check(name, manifest, entry, frame_of(get(entry["sha256"])), lake))
    return checks


def _lake_check(
    name: str, manifest: Mapping[str, Any], entry: Mapping[str, Any], frozen: pl.DataFrame, lake: Lake
) -> Check:
    version = entry["lake_version"]
    try:
        stored = _stored(manifest, entry, lake)
    except (HistoryGone, FileNotFoundError, pl.exceptions.ComputeError):
        return Check(name, None, f"湖中第 {version} 版已按保存期清理，未比对")
    if stored.equals(frozen):
        return Check(name, True, f"与湖中第 {version} 版逐行一致（{frozen.height} 行）")
    missing, extra = _differing(stored, frozen), _differing(frozen, stored)
    return Check(name, False, f"与湖中第 {version} 版不符：湖中有而切片没有 {missing} 行，切片有而湖中没有 {extra} 行")


def _differing(one: pl.DataFrame, other: pl.DataFrame) -> int:
    return one.join(other, on=one.columns, how="anti", nulls_equal=True).height


def _stored(manifest: Mapping[str, Any], entry: Mapping[str, Any], lake: Lake) -> pl.DataFrame:
    stream = stream_named(entry["stream"])
    screen = _screen_or_none(manifest["screen"])
    rows = lake.scan(
        stream,
        since=datetime.fromisoformat(entry["since"]),
        until=datetime.fromisoformat(entry["until"]),
        where=own_rows({c: v for c, v in manifest["subject"].items() if c in stream.schema}),
        version=entry["lake_version"],
    )
    source = next((i for i in screen.inputs if i.stream == stream.name), None) if screen else None
    return (wanted(rows, source) if source else rows).sort(stream.key).collect()


def _screen_or_none(name: str) -> Screen | None:
    try:
        return screen_named(name)
    except KeyError:
        return None
