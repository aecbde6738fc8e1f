"""What a wire protocol offers to the gateway. A new protocol is one adapter and one line in `ADAPTERS`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import NamedTuple, Protocol

import polars as pl

from sanjian.base.lake import Stream


class Piece(NamedTuple):
    """A piece of a byte stream as a connection received it: one frame, or bytes that belong to no frame.

    Args:
        raw: head to tail, exactly as received.
        reason: empty for a frame; for anything else the machine code of why it is none.
        peer: address and port of the sender.
        at_us: when its last byte arrived, microseconds since 1970 UTC.
    """

    raw: bytes
    reason: str
    peer: str
    at_us: int


class Device(NamedTuple):
    """What the gateway knows of one registered device."""

    point_id: int
    device_mn: str
    crc_mode: str
    report_interval_s: int


@dataclass(slots=True)
class Decoded:
    """A batch made of rows.

    Args:
        appends: what to store, in order: a frame always before its readings.
        answers: for each piece the bytes to send back once all of it is durable, or none.
        devices: for each piece the code of the registered device that sent it, or none.
        unknown: for each device code that is not registered the number of its frames, and its last peer and moment.
        latest: the new readings, in the columns of READINGS, for the newest state of each point.
        seen: who was heard from: columns `device_mn`, `received_at`, `peer`.
        exchange: accepted frames of registered devices for whoever follows commands and split uploads: columns
            `device_mn`, `command`, `qn`, `system_code`, `password`, `flag`, `part_total`, `part_number`, `is_split`,
            `data_time_raw`, `received_at`, `frame_sha256`, `raw`.
        readings, quarantined: counts for the gauges.
    """

    appends: list[tuple[Stream, pl.DataFrame]]
    answers: list[bytes | None]
    devices: list[str | None]
    unknown: dict[str, tuple[int, str, int]] = field(default_factory=dict)
    latest: pl.DataFrame | None = None
    seen: pl.DataFrame | None = None
    exchange: pl.DataFrame | None = None
    readings: int = 0
    quarantined: int = 0


class Cutter(Protocol):
    """Cuts one connection's byte stream into (raw, reason) pieces, and bounds what it holds."""

    awaits_tail: bool
    """A frame is whole but for an optional end: after a short silence call `settle`."""

    def feed(self, data: bytes) -> Sequence[tuple[bytes, str]]:
        """Take bytes, return the pieces that they complete."""

    def settle(self) -> Sequence[tuple[bytes, str]]:
        """Give out a frame that waits only for its optional end."""

    def flush(self) -> Sequence[tuple[bytes, str]]:
        """The connection ended or timed out: give out everything held."""

    @property
    def has_partial(self) -> bool:
        """Whether a frame has begun and is not complete."""

    @property
    def too_much_garbage(self) -> bool:
        """Whether the peer sent more bytes outside frames than allowed."""


class ProtocolAdapter(Protocol):
    """One wire protocol."""

    name: str

    def cutter(self, frame_bytes: int, garbage_bytes: int) -> Cutter:
        """The cutter of a new connection."""

    def decode(self, pieces: Sequence[Piece], devices: Mapping[str, Device]) -> Decoded:
        """Rows and answers of a batch. Pure: whatever came in, it returns rows.

        Args:
            devices: the registered devices, by device code.
        """


ADAPTERS: dict[str, str] = {
    "hj212": "sanjian.base.sensing.gateway.hj212:Hj212",
}
"""Protocol -> where its adapter is, loaded when a gateway for it starts."""


def adapter(name: str) -> ProtocolAdapter:
    """The adapter of a protocol. Raises KeyError when there is none."""
    module, _, attribute = ADAPTERS[name].partition(":")
    factory: Callable[[], ProtocolAdapter] = getattr(import_module(module), attribute)
    return factory()
