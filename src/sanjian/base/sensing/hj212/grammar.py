"""The text of a data segment: header fields, then the data area `CP=&&...&&`.

`;` divides projects and `,` the items of one project, but the printed standard itself mixes them, so both divide and
items are grouped by the code before the first `-`. Blanks around names and values mean nothing. Text between a pair
of `//` is opaque and may hold any delimiter.

Source: HJ 212-2017, 6.3.2-6.3.4 (数据段结构组成, 数据区).
"""

import re
from dataclasses import dataclass, field

from .findings import Findings

_CP = b"CP=&&"
_ITEM = re.compile(r"([^=;,]*)(?:=(\s*//.*?//(?=\s*(?:[;,]|\Z))|[^;,]*))?([;,]|\Z)", re.DOTALL)
_OPAQUE = re.compile(r"//.*?//(?=\s*(?:[;,]|\Z))", re.DOTALL)

Fields = dict[str, str | list[str]]


@dataclass(slots=True)
class Area:
    """The content of a data area.

    `factors` holds what was sent, by code and field, in order; a field sent twice is a list. `cp` holds items without
    a `-`. `junk` holds pieces without `=`. `bare_flags` are marks written without their factor, by the factor before;
    `glued` are numbers torn apart by a decimal comma, by (code, field).
    """

    cp: dict[str, str] = field(default_factory=dict)
    factors: dict[str, Fields] = field(default_factory=dict)
    junk: tuple[str, ...] = ()
    bare_flags: dict[str, str] = field(default_factory=dict)
    glued: dict[tuple[str, str], str] = field(default_factory=dict)


def cut_segment(segment: bytes) -> tuple[bytes, bytes | None]:
    """Header bytes and data area bytes (None when there is no `CP=&&`); the closing `&&` is taken off."""
    at = segment.find(_CP)
    if at < 0:
        return segment, None
    area = segment[at + 5 :]
    closed = area.rstrip()
    return segment[:at], closed[:-2] if closed.endswith(b"&&") else area


def read_header(text: bytes, findings: Findings, is_followed: bool = True) -> dict[str, str]:
    """Header fields by name, first one wins; `is_followed` says that `CP` comes right behind."""
    header: dict[str, str] = {}
    plain = text.decode("latin-1")
    if is_followed and plain.strip() and not plain.rstrip().endswith((";", ",")):
        findings.note("separator_missing")
    if "," in plain:
        findings.note("separator_comma")
        plain = plain.replace(",", ";")
    for piece in plain.split(";"):
        name, equals, value = piece.partition("=")
        name = name.strip()
        if not equals:
            if name:
                findings.note("header_junk", text=name)
        elif name in header:
            findings.note("header_duplicate", name=name)
        else:
            header[name] = value.strip()
    return header


def decode_text(area: bytes, findings: Findings) -> str:
    """Text of a data area: UTF-8, else GB18030 (2005 devices), else byte by byte; never fails."""
    try:
        return area.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        text = area.decode("gb18030")
    except UnicodeDecodeError:
        findings.note("text_undecodable")
        return area.decode("latin-1")
    findings.note("gbk_text")
    return text


def read_area(text: str, findings: Findings) -> Area:
    """Items of a data area; oddities are noted, nothing is dropped."""
    area = Area()
    if not text:
        return area
    if "&&" in text and "&&" in _OPAQUE.sub("", text):
        findings.note("cp_delimiter_inside")
    junk: list[str] = []
    last: tuple[str, str] = ("", "")
    for group in split_items(text):
        code_of_group = ""
        for place, piece in enumerate(group):
            name, equals, value = piece.partition("=")
            if not equals:
                last = _take_junk(piece.strip(), place > 0, last, area, junk, findings)
                continue
            code, dash, part = name.strip().partition("-")
            value = value.strip()
            if not dash:
                _take_plain(code, value, last[0], area, findings)
                continue
            if code_of_group and code != code_of_group:
                findings.note("comma_between_factors")
            code_of_group, last = code, (code, part)
            _take_field(code, part, value, area, findings)
    area.junk = tuple(junk)
    return area


def split_items(text: str) -> list[list[str]]:
    """Pieces between semicolons, each divided at its commas, opaque text kept whole."""
    if "//" not in text:
        return [group.split(",") for group in text.split(";")]
    groups: list[list[str]] = [[]]
    for item in _ITEM.finditer(text):
        groups[-1].append(item[0][: len(item[0]) - len(item[3])])
        if item[3] == ";":
            groups.append([])
    return groups


def _take_field(code: str, part: str, value: str, area: Area, findings: Findings) -> None:
    fields = area.factors.setdefault(code, {})
    if "=" in value and not value.startswith("//"):
        findings.note("value_with_equals", text=f"{code}-{part}={value}")
    before = fields.get(part)
    if before is None:
        fields[part] = value
    elif isinstance(before, list):
        before.append(value)
    else:
        fields[part] = [before, value]


def _take_plain(name: str, value: str, code_before: str, area: Area, findings: Findings) -> None:
    if name == "Flag" and code_before:
        findings.note("bare_flag", text=value)
        area.bare_flags[code_before] = value
    if name in area.cp:
        findings.note("duplicate_key", name=name)
    area.cp[name] = value


def _take_junk(
    piece: str, is_after_comma: bool, last: tuple[str, str], area: Area, junk: list[str], findings: Findings
) -> tuple[str, str]:
    if not piece:
        return last
    findings.note("item_without_value", text=piece)
    junk.append(piece)
    value = area.factors.get(last[0], {}).get(last[1])
    if is_after_comma and piece[0].isdigit() and isinstance(value, str) and last not in area.glued:
        area.glued[last] = f"{value},{piece}"
    return last
