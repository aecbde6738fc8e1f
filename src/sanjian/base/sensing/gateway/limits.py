"""What one gateway lets its peers take: memory, connections, time. All are our choice, within what HJ 212 implies."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps and time-outs of one gateway.

    Args:
        frame_bytes: longest frame. HJ 212 lets devices send 9,999 + 12 bytes at most; other protocols need more.
        garbage_bytes: bytes outside frames that one connection may send before it is closed (registration text of a
            modem is well below, a web scanner well above).
        first_byte_s: silence allowed after connecting.
        half_frame_s: time allowed between the first and the last byte of a frame, and for reading our answers.
        idle_s: silence allowed while the device is not known.
        idle_intervals: silence allowed afterwards, in reporting intervals of the device.
        idle_least_s: the least that `idle_intervals` may come to: minute data of some devices are sparse.
        per_device: connections with the same device code; a reconnecting device leaves half-open ones behind, so the
            oldest goes when there is one more.
        per_address: connections from one address; many stations behind one NAT are usual.
        connections: all connections; accepting pauses above.
        in_flight: frames of one connection that are not answered yet; reading that connection pauses above.
        queue_frames, queue_bytes: frames of all connections that wait for a flush; all reading pauses above.
        batch_frames: a flush takes at most this many.
    """

    frame_bytes: int = 64 * 1024
    garbage_bytes: int = 4 * 1024
    first_byte_s: float = 60
    half_frame_s: float = 30
    idle_s: float = 900
    idle_intervals: int = 3
    idle_least_s: float = 180
    per_device: int = 5
    per_address: int = 200
    connections: int = 20_000
    in_flight: int = 1_000
    queue_frames: int = 20_000
    queue_bytes: int = 64 * 1024 * 1024
    batch_frames: int = 8_000

    def idle_allowed(self, report_interval_s: float | None) -> float:
        """Seconds of silence allowed on a connection, by the reporting interval of its device if that is known."""
        if report_interval_s is None:
            return self.idle_s
        return max(self.idle_least_s, self.idle_intervals * report_interval_s)
