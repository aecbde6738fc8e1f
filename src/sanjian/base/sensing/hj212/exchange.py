"""The platform's side of one command: sent, answered, followed to its end. Pure: time and frames are handed in.

    request   send -> 9011 QnRtn=1 -> [data frames of the same CN] -> 9012 ExeRtn
    notice    send -> 9013

Unanswered, a command is sent again after `answer_s`, `resends` times, with the same QN and the same bytes, so that a
device which had only lost its answer does not act twice. Answered, it ends `execution_s` after the last sign of work.

Source: HJ 212-2017 6.5 (通讯流程), table 1 (超时重发), 6.6 (QnRtn, ExeRtn).
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from .encode import encode_frame
from .parameters import NOW
from .requests import Request


class State(StrEnum):
    """Where a command stands on the wire."""

    SENT = "sent"
    ACCEPTED = "accepted"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    TIMED_OUT = "timed_out"


ENDED = frozenset({State.DONE, State.REFUSED, State.FAILED, State.TIMED_OUT})

REQUEST_WORDS = {
    1: "准备执行请求",
    2: "请求被拒绝",
    3: "PW 错误",
    4: "MN 错误",
    5: "ST 错误",
    6: "Flag 错误",
    7: "QN 错误",
    8: "CN 错误",
    9: "CRC 校验错误",
    100: "未知错误",
}
"""QnRtn (请求命令返回)."""

RESULT_WORDS = {
    1: "执行成功",
    2: "执行失败，但不知道原因",
    3: "命令请求条件错误",
    4: "通讯超时",
    5: "系统繁忙不能执行",
    6: "系统故障",
    100: "没有数据",
}
"""ExeRtn (执行结果)."""

NO_DATA = 100


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait.

    Args:
        answer_s: for 9011 or 9013. HJ 212-2017 table 1: 10 s on mobile media.
        resends: how often to send again. Same table: 3.
        execution_s: from the last sign of work to 9012; chosen: a long recall pauses, a dead device must not block.
    """

    answer_s: float = 10.0
    resends: int = 3
    execution_s: float = 120.0


class Manner(NamedTuple):
    """How a device writes its own header, so that ours is in its terms."""

    system_code: str
    password: str
    flag: str


class Reply(NamedTuple):
    """A frame of the device that may belong to a command."""

    command: str
    qn: str
    items: dict[str, str]
    data_time_raw: str | None
    frame_sha256: str


@dataclass(slots=True)
class Exchange:
    """One command under way.

    Attributes:
        sends: how often it was sent.
        request_code, result_code: QnRtn and ExeRtn as received.
        data: sign of work: frames of data that came, by hash.
        items: what the data of a question said, later frames over earlier ones. History is in the lake, not here.
    """

    request: Request
    qn: str
    period: tuple[str, str] | None = None
    patience: Patience = field(default_factory=Patience)
    state: State = State.SENT
    sends: int = 0
    request_code: int | None = None
    result_code: int | None = None
    data: list[str] = field(default_factory=list)
    frames: int = 0
    items: dict[str, str] = field(default_factory=dict)
    _since: float = 0.0

    @property
    def is_over(self) -> bool:
        """Whether nothing more is expected."""
        return self.state in ENDED

    def sent(self, now: float) -> None:
        """Its bytes went out, for the first time or again."""
        self.sends += 1
        self._since = now

    def hear(self, reply: Reply, now: float) -> bool:
        """Take note of a frame; returns whether it belongs to this command and changed anything."""
        if self.is_over:
            return False
        if reply.command in ("9011", "9012", "9013"):
            return reply.qn == self.qn and self._answer(reply, now)
        return reply.command == self.request.code and self.request.has_data and self._data(reply, now)

    def due(self, now: float) -> bool:
        """Whether its bytes should go out again; ends the exchange when that has been tried often enough."""
        if self.is_over:
            return False
        if self.state is not State.SENT:
            if now - self._since > self.patience.execution_s:
                self.state = State.TIMED_OUT
            return False
        if now - self._since <= self.patience.answer_s:
            return False
        if self.sends > self.patience.resends:
            self.state = State.TIMED_OUT
            return False
        return True

    def outcome_zh(self) -> str:
        """How it ended, or where it stands, in words."""
        if self.request_code not in (None, 1):
            return words(REQUEST_WORDS, self.request_code)
        if self.result_code is not None:
            return words(RESULT_WORDS, self.result_code)
        if self.state is State.TIMED_OUT:
            return "设备没有应答" if self.request_code is None and not self.data else "设备应答后没有报告执行结果"
        return {State.DONE: "设备已收到通知", State.ACCEPTED: REQUEST_WORDS[1], State.RUNNING: "正在返回数据"}.get(
            self.state, ""
        )

    def _answer(self, reply: Reply, now: float) -> bool:
        self._since = now
        if reply.command == "9013":
            if self.request.kind != "notice":
                return False
            self.state = State.DONE
        elif reply.command == "9011":
            if self.request_code is not None:
                return False  # the answer to a resend
            self.request_code = _number(reply.items.get("QnRtn"))
            self.state = State.REFUSED if self.request_code != 1 else max(self.state, State.ACCEPTED, key=_rank)
        else:
            self.result_code = _number(reply.items.get("ExeRtn"))
            self.state = State.DONE if self.result_code == 1 else State.FAILED
        return True

    def _data(self, reply: Reply, now: float) -> bool:
        """Data of a history request carry a QN of their own, so live uploads of the same CN are told apart by time."""
        if reply.frame_sha256 in self.data:
            return False
        if self.period:
            is_ours = self.period[0] <= (reply.data_time_raw or "") <= self.period[1]
        else:
            is_ours = reply.qn == self.qn or self.state is not State.SENT
        if not is_ours:
            return False
        self._since = now
        self.state = State.RUNNING
        self.frames += 1
        if len(self.data) < MOST_HASHES:
            self.data.append(reply.frame_sha256)
        if not self.request.is_history:
            self.items |= reply.items
        return True


MOST_HASHES = 200
"""Hashes kept of one command's data frames (our choice); the lake has all."""
_RANK = {State.SENT: 0, State.ACCEPTED: 1, State.RUNNING: 2}


def _rank(state: State) -> int:
    return _RANK[state]


def _number(text: str | None) -> int:
    """A return code; anything that is none counts as the standard's "unknown"."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else -1


def words(table: dict[int, str], code: int | None) -> str:
    """A return code in words, and the code itself where the standard does not know it."""
    return table.get(code or 0) or f"设备返回了标准里没有的代码 {code}"


def frame_of(request: Request, qn: str, mn: str, manner: Manner, area: str, local_now: str) -> bytes:
    """The bytes of a command.

    Args:
        area: from `requests.prepare`.
        local_now: 14 digits of China time, put where the area wants the moment of sending.

    Raises:
        EncodeError: a header field holds a delimiter.
    """
    edition = int(manner.flag) & 0xFC if manner.flag.isascii() and manner.flag.isdigit() else 4
    header = {
        "QN": qn, "ST": manner.system_code, "CN": request.code, "PW": manner.password, "MN": mn,
        "Flag": str(edition & 0xFF | 1),
    }  # fmt: skip
    return encode_frame(header, area.replace(NOW, local_now))
