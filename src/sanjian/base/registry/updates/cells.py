"""What a cell of a table means: pure, from what the reader of the file gave to the value the register keeps.

Spreadsheets spoil codes: a long code in a number column loses its last digits, a short one its leading zeros. What was
lost is refused with the way to mend it; what can be restored without guessing is restored.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

Parser = Callable[[Any], Any]

CLEAR = "清空"
"""Written in a cell to empty what is registered; a blank cell leaves it as it is."""
EXACT_DIGITS = 10**15
"""A spreadsheet keeps 15 significant digits of a number; beyond that the last ones are zeros it made up."""
_SPOILED = re.compile(r"^\d(\.\d+)?[eE]\+?\d+$")
_DAY = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?$")
_BLANK = re.compile(r"\s+")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_EPOCH = date(1899, 12, 30)


class CellFault(ValueError):
    """A cell that cannot be taken; the message says what to do about it."""


def plain(value: Any) -> str:
    """A cell as text: full-width letters and digits made narrow, blanks at the ends and inside codes gone."""
    if value is None:
        return ""
    if type(value) is str and value.isascii():  # most cells of a large file: nothing to normalise
        return value.strip()
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < EXACT_DIGITS else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if (value.hour, value.minute) == (0, 0) else value.isoformat(" ")
    return unicodedata.normalize("NFKC", str(value)).replace("\ufeff", "").replace("\u200b", "").strip()


def _settled(found: str, step: Callable[[str], str]) -> str:
    """Cleaned until nothing changes: a blank taken out may let two signs compose into one."""
    for _turn in range(5):
        again = step(found)
        if again == found:
            break
        found = again
    return found


def _writable(found: str) -> str:
    """No database keeps NUL, and half a character is none; other control characters nobody typed on purpose."""
    if found != presentable(found):
        raise CellFault(_("含有不可见的控制字符，请重新填写"))
    return found


def presentable(found: str) -> str:
    """A text from a file that is only shown, e.g. the title of a column that nobody knows: signs that cannot be
    kept are replaced.
    """
    return _UNWRITABLE.sub("\ufffd", found)


def text(most: int) -> Parser:
    """A text of at most `most` characters, inner blanks folded to one."""

    def parse(value: Any) -> str:
        found = _writable(_settled(_name_form(value), lambda text: _name_form(_BLANK.sub(" ", text))))
        if len(found) > most:
            raise CellFault(_("超过 %(most)d 字") % {"most": most})
        return found

    return parse


def _name_form(value: Any) -> str:
    """NFKC would turn （） into (): names keep the brackets people write, everything else is made narrow."""
    if not isinstance(value, str):
        return plain(value)
    return (
        plain(value).replace("(", "（").replace(")", "）")
        if re.search(r"[（(].*[\u4e00-\u9fff]", value)
        else plain(value)
    )


def code(most: int, *, digits: int = 0) -> Parser:
    """A code: upper case, no blanks. `digits` restores leading zeros that a number column took away.

    Raises:
        CellFault: the spreadsheet lost digits (9.13E+17), or the code is too long.
    """

    def parse(value: Any) -> str:
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= EXACT_DIGITS:
            raise CellFault(spoiled())
        found = _writable(_settled(plain(value), lambda text: plain(_BLANK.sub("", text)).upper()))
        if _SPOILED.match(found):
            raise CellFault(spoiled())
        if digits and found.isdigit() and found.isascii():
            found = found.zfill(digits)
        if len(found) > most:
            raise CellFault(_("超过 %(most)d 位") % {"most": most})
        return found

    return parse


def spoiled() -> str:
    """What to say of a code that a number column spoiled."""
    return _("表格把代码存成了数字，末几位已丢失：请先把整列设为“文本”格式，再重新填写")


def phone(value: Any) -> str:
    """A telephone number: 7 to 15 digits, with the signs that people put between them.

    Raises:
        CellFault: anything else.
    """
    found = str(code(30)(value))
    digits = sum(sign.isdigit() for sign in found)
    if found and (not 7 <= digits <= 15 or set(found) - set("0123456789+-()转,")):
        raise CellFault(_("电话应为 7 至 15 位数字"))
    return found


def number(low: float = -math.inf, high: float = math.inf) -> Parser:
    """A finite number within bounds, both included."""

    def parse(value: Any) -> float:
        try:
            found = float(plain(value).replace(",", ""))
        except ValueError:
            raise CellFault(_("应为数字")) from None
        if not math.isfinite(found) or not low <= found <= high:
            raise CellFault(_("应在 %(low)g 与 %(high)g 之间") % {"low": low, "high": high})
        return found

    return parse


def whole(low: int, high: int) -> Parser:
    """A whole number within bounds."""

    def parse(value: Any) -> int:
        found = number(low, high)(value)
        if found != int(found):
            raise CellFault(_("应为整数"))
        return int(found)

    return parse


def day(value: Any) -> date:
    """A date: of a spreadsheet, as 2026-11-23, 2026/11/23, 2026年11月23日, 20261123, or a spreadsheet's day number."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = plain(value)
    parts = _DAY.match(found) or re.match(r"^(\d{4})(\d{2})(\d{2})$", found)
    try:
        if parts:
            return date(*(int(part) for part in parts.groups()))
        if found.isdigit() and 20_000 <= int(found) <= 80_000:
            return _EPOCH + timedelta(days=int(found))
    except ValueError:
        pass
    raise CellFault(_("应为日期，如 2026-11-23"))


def yes_no(value: Any) -> bool:
    """是 or 否, in the ways people write it."""
    found = plain(value).lower()
    if found in {"是", "有", "√", "1", "y", "yes", "true", "合格"}:
        return True
    if found in {"否", "无", "×", "0", "n", "no", "false", "不合格"}:
        return False
    raise CellFault(_("应为“是”或“否”"))


def choice(labels: Mapping[str, str]) -> Parser:
    """One of a list, by its label or its code."""
    known = {plain(label): key for key, label in labels.items()} | {key: key for key in labels}

    def parse(value: Any) -> str:
        found = plain(value)
        if found in known:
            return known[found]
        if found.lower() in known:
            return known[found.lower()]
        raise CellFault(_("应为其中之一：%(choices)s") % {"choices": "、".join(labels.values())})

    return parse


def several(labels: Mapping[str, str]) -> Parser:
    """Some of a list, apart by 、 ； , or line breaks; sorted, without repeats."""
    one = choice(labels)

    def parse(value: Any) -> list[str]:
        return sorted({one(part) for part in parts(value)})

    return parse


def words(value: Any) -> list[str]:
    """Free words, apart by 、 ； or commas."""
    return [_writable(word) for word in dict.fromkeys(parts(value))]


def parts(value: Any) -> list[str]:
    """The pieces of a cell that holds a list."""
    if isinstance(value, list):
        return [plain(v) for v in value if plain(v)]
    return [p.strip() for p in re.split(r"[、;,\n|]", plain(value).replace("，", ",").replace("；", ";")) if p.strip()]
