"""What a wire protocol offers to the gateway. A new protocol is one adapter and one line in `ADAPTERS`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Protocol

import polars as pl

from sanjian.base.lake import Stream


@dataclass(slots=True)
class Received:
    """A piece of the byte stream: one frame, or bytes that belong to no frame.

    Args:
        raw: head to tail, exactly as received.
        reason: empty for a frame; for anything else the machine code of why it is none.
        detail_zh: the same for a person, with its figures.
        peer: address and port of the sender.
        at_us: when its last byte arrived, microseconds since 1970 UTC.
    """

    raw: bytes
    reason: str = ""
    detail_zh: str = ""
    peer: str = ""
    at_us: int = 0


@dataclass(frozen=True, slots=True)
class Device:
    """What the gateway knows of one registered device."""

    point_id: int
    device_mn: str
    crc_mode: str
    report_interval_s: int


@dataclass(slots=True)
class Decoded:
    """A batch made of rows.

    Args:
        appends: what to store, in order; every frame's readings come after the frame itself.
        answers: for each piece of the batch the bytes to send back once all of it is durable, or none.
        devices: for each piece the device code that it named, or none.
        unknown: device code -> number of frames, for devices that are not registered.
        latest: new readings, in the columns of `state.LATEST`, from which the newest state of each point is kept.
        readings, quarantined: counts for the gauges.
    """

    appends: list[tuple[Stream, pl.DataFrame]]
    answers: list[bytes | None]
    devices: list[str | None]
    unknown: dict[str, int] = field(default_factory=dict)
    latest: pl.DataFrame | None = None
    readings: int = 0
    quarantined: int = 0


class Cutter(Protocol):
    """Cuts one connection's byte stream. Holds at most one unfinished piece."""

    def feed(self, data: bytes) -> list[Received]:
        """Take bytes, return the pieces that they complete."""

    def finish(self) -> list[Received]:
        """The connection ended or timed out: return what is left as a piece with a reason."""

    @property
    def is_inside_frame(self) -> bool:
        """Whether a frame has begun and is not complete."""


class ProtocolAdapter(Protocol):
    """One wire protocol."""

    name: str

    def cutter(self, frame_bytes: int) -> Cutter:
        """The cutter of a new connection."""

    def decode(self, pieces: Sequence[Received], devices: Mapping[str, Device]) -> Decoded:
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
