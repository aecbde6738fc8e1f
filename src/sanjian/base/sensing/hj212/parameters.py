"""What a command of the platform may carry: one kind of parameter is one small class, a range is data.

`read` takes what a person typed and returns the text for the wire. A refusal is a template with its facts, so that a
page can say it in another language.

Source: HJ 212-2017 table 4 (字段对照表).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .errors import CodecError
from .factors import find_factor
from .times import read_time

NOW = "{now}"
"""Stands in a prepared data area for the moment of sending, in 14 digits of China time."""


class BadParameter(CodecError):
    """A parameter that the command does not allow.

    Attributes:
        name: which parameter.
        template: a Chinese sentence with `%(x)s` places.
        facts: what goes into them.
    """

    def __init__(self, name: str, template: str, **facts: object) -> None:
        super().__init__(template % facts)
        self.name, self.template, self.facts = name, template, facts


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. Name as on the wire; `is_secret` ones are never shown again once queued."""

    name: str
    title_zh: str
    is_required: bool = True
    is_secret: bool = False

    @property
    def input(self) -> str:
        """Kind of form field: number, choice, time, text, none."""
        return "text"

    def range(self) -> tuple[str, Mapping[str, Any]]:
        """What is allowed, as a Chinese template and its facts."""
        return "", {}

    def read(self, text: str) -> str:
        """The text for the wire.

        Raises:
            BadParameter: not allowed.
        """
        return text

    def refuse(self, template: str, **facts: object) -> BadParameter:
        """A refusal that names this parameter."""
        return BadParameter(self.name, template, **facts)


@dataclass(frozen=True, slots=True)
class Number(Parameter):
    """A whole number from `low` to `high`, both allowed, in `unit`."""

    low: int = 0
    high: int = 99
    unit: str = ""

    @property
    def input(self) -> str:
        return "number"

    def range(self) -> tuple[str, Mapping[str, Any]]:
        return "%(low)s – %(high)s %(unit)s", {"low": self.low, "high": self.high, "unit": self.unit}

    def read(self, text: str) -> str:
        if not (text.isascii() and text.isdigit() and len(text) < 9 and self.low <= int(text) <= self.high):
            raise self.refuse("应为 %(low)s 到 %(high)s 之间的整数", low=self.low, high=self.high)
        return str(int(text))


@dataclass(frozen=True, slots=True)
class Choice(Parameter):
    """One of some values."""

    values: tuple[str, ...] = ()

    @property
    def input(self) -> str:
        return "choice"

    def read(self, text: str) -> str:
        if text not in self.values:
            raise self.refuse("只能是 %(values)s 之一", values="、".join(self.values))
        return text


@dataclass(frozen=True, slots=True)
class Moment(Parameter):
    """A time: `2026-11-24T09:00`, with seconds, or 14 digits; China time. Type N14."""

    @property
    def input(self) -> str:
        return "time"

    def read(self, text: str) -> str:
        digits = re.sub(r"[-T: /]", "", text)
        digits = digits.ljust(14, "0") if len(digits) == 12 else digits
        if len(digits) != 14 or read_time(digits) is None:
            raise self.refuse("不是有效的时间")
        return digits


@dataclass(frozen=True, slots=True)
class OnSending(Parameter):
    """The moment of sending: nobody types it, for a command may wait until its device connects."""

    @property
    def input(self) -> str:
        return "none"

    def read(self, text: str) -> str:  # noqa: ARG002 - whatever was typed, the clock is right
        return NOW


@dataclass(frozen=True, slots=True)
class FactorCode(Parameter):
    """PolId: a factor of the standard's tables."""

    def read(self, text: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9]{1,6}", text, re.ASCII) or find_factor(text) is None:
            raise self.refuse("“%(text)s”不是标准里的因子编码", text=text[:12])
        return text


@dataclass(frozen=True, slots=True)
class Text(Parameter):
    """A text of a given form; `form_zh` says it to people."""

    pattern: str = r"[^;,=&{}\r\n]{1,100}"
    form_zh: str = "不含分号、逗号、等号和 && 的文字"

    def range(self) -> tuple[str, Mapping[str, Any]]:
        return self.form_zh, {}

    def read(self, text: str) -> str:
        if not re.fullmatch(self.pattern, text, re.ASCII):
            raise self.refuse("格式不对，应为：%(form)s", form=self.form_zh)
        return text


def check_period(begin: str, end: str) -> None:
    """Refuse a history request whose end is not behind its beginning (both 14 digits).

    Raises:
        BadParameter: the period is empty or backwards.
    """
    if datetime.strptime(begin, "%Y%m%d%H%M%S") > datetime.strptime(end, "%Y%m%d%H%M%S"):  # noqa: DTZ007 - both local
        raise BadParameter("EndTime", "结束时间早于开始时间")
