"""Cutting a byte stream into frames, by length and never by delimiters: ciphertext may hold `##`, `&&`, CR, LF and NUL.

The normal case costs a few slices. Where the stated length does not lead to `&&`, a CRC and a line end, the search of
`resync` decides. Every decision waits until the bytes it rests on are there, so the same stream gives the same frames
however the network splits it.

Source: HJ 212-2017, 6.3 (通讯包结构组成); field experience as listed in docs, "bad input and the robust receiver".
"""

from itertools import pairwise, repeat
from typing import NamedTuple

from .layout import HEAD, LENGTH_OF, TAIL, locate
from .plain import plain_frames
from .resync import Verdict, settle_head

FRAME_LIMIT = 9999 + 12
"""Longest frame the four length digits can state, bytes."""

_LARGE = 4096
"""Reads of this size are searched for plain frames in one go."""


class Cut(NamedTuple):
    """One piece of the stream: a frame (`reason` empty) or skipped bytes with the reason.

    Reasons: `blank` (line ends, blanks, NUL between frames), `no_head`, `extra_head` (more than two #), `no_length`,
    `stub` (a broken frame with the next one inside its span), `no_end` (no end within the frame limit),
    `truncated` (left over when the stream stopped), `too_much_garbage`.
    """

    raw: bytes
    reason: str = ""

    @property
    def is_frame(self) -> bool:
        """Whether this piece is a frame, right or wrong, rather than skipped bytes."""
        return not self.reason

    @property
    def segment(self) -> bytes:
        """The data segment as sent, possibly ciphertext."""
        layout = locate(self.raw)
        return self.raw[layout.start : layout.end]

    @property
    def crc_text(self) -> bytes:
        """The four characters in the CRC's place, empty when the piece ends before it."""
        return locate(self.raw).crc_text

    @property
    def warnings(self) -> tuple[str, ...]:
        """Codes of what is crooked about the frame's outer form."""
        return locate(self.raw).findings


_new = tuple.__new__


def _plain_end(buffer: bytes, at: int) -> int:
    """End of a plain frame that begins at `at` with any decided tail; 0 when it is not plain or not all there.

    Inside stands neither `##` nor a line end, so nothing in it could be the end of a shorter frame.
    """
    length = LENGTH_OF.get(buffer[at + 2 : at + 6])
    if length is None or not buffer.startswith(HEAD, at):
        return 0
    end = at + 6 + length
    if not buffer[at + 6 : at + 7].isalpha():
        return 0
    after = buffer[end + 4 : end + 6]
    if len(after) < 2 or buffer[end - 2 : end] != b"&&" or length < 2:
        return 0
    if buffer.find(HEAD, at + 6, end + 4) >= 0 or buffer.find(b"\n", at, end + 4) >= 0:
        return 0
    if buffer.find(b"\r", at, end + 4) >= 0:
        return 0
    if after == TAIL:
        return end + 6
    if after == HEAD and buffer[end + 6 : end + 7] != b"#":
        return end + 4
    return end + 5 if after[0] in TAIL else 0


def _must_wait(buffer: bytes, at: int, frame_limit: int) -> bool:
    """Whether the beginning of a frame gives nothing to decide yet: not whole, no line end and no other head in it."""
    length = LENGTH_OF.get(buffer[at + 2 : at + 6])
    return (
        length is not None
        and buffer[at + 6 : at + 7].isalpha()
        and buffer.startswith(HEAD, at)
        and len(buffer) - at < min(length + 10, frame_limit)
        and buffer.find(HEAD, at + 1) < 0
        and buffer.find(b"\n", at) < 0
        and buffer.find(b"\r", at) < 0
    )


class Framer:
    """The buffer of one connection.

    Args:
        frame_limit: longest frame looked for, bytes; also what bounds the memory held.
        garbage_limit: skipped bytes since the last frame after which `too_much_garbage` is set.
    """

    def __init__(self, frame_limit: int = FRAME_LIMIT, garbage_limit: int = 4096) -> None:
        self._frame_limit = frame_limit
        self._garbage_limit = garbage_limit
        self._rest = b""
        self._skipped = bytearray()
        self._skip_reason = ""
        self._skipped_in_row = 0
        self.awaits_tail = False
        """A frame is whole but for its line end: after a short silence call `settle`."""

    def feed(self, data: bytes) -> list[Cut]:
        """Take the next bytes of the stream; return the pieces that are now decided, in stream order."""
        return self._cut(self._rest + data if self._rest else bytes(data), is_last=False)

    def settle(self) -> list[Cut]:
        """Give out a frame that waits only for its line end (some devices never send one); else nothing."""
        return self._cut(self._rest, is_last=True) if self.awaits_tail else []

    def flush(self) -> list[Cut]:
        """End of stream or half-frame time-out: give out everything held, the incomplete rest as `truncated`."""
        return self._cut(self._rest, is_last=True)

    @property
    def pending(self) -> int:
        """Bytes held."""
        return len(self._rest) + len(self._skipped)

    @property
    def has_partial(self) -> bool:
        """Whether the beginning of a frame is held, so that the half-frame time-out should run."""
        return bool(self._rest)

    @property
    def too_much_garbage(self) -> bool:
        """More skipped bytes since the last frame than allowed: the connection should be closed."""
        return self._skipped_in_row > self._garbage_limit

    def _cut(self, buffer: bytes, is_last: bool) -> list[Cut]:
        cuts: list[Cut] = []
        at, size = 0, len(buffer)
        plain = plain_frames(buffer) if size >= _LARGE else {}
        self.awaits_tail = False
        while at < size:
            ends = plain.get(at)
            if ends is not None:
                self._give_out_skipped(cuts)
                self._skipped_in_row = 0
                pieces = [buffer[start:end] for start, end in pairwise((at, *ends))]
                cuts.extend(map(_new, repeat(Cut), zip(pieces, repeat(""), strict=False)))
                at = ends[-1]
                continue
            end = _plain_end(buffer, at)
            if end:
                self._give_out_skipped(cuts)
                self._skipped_in_row = 0
                cuts.append(Cut(buffer[at:end]))
                at = end
                continue
            if not is_last and _must_wait(buffer, at, self._frame_limit):
                break
            moved = self._one_crooked(buffer, at, cuts, is_last)
            if moved == at:
                break
            at = moved
        self._rest = buffer[at:]
        if is_last:
            self._give_out_skipped(cuts)
        return cuts

    def _one_crooked(self, buffer: bytes, at: int, cuts: list[Cut], is_last: bool) -> int:
        """Decide one irregular piece at `at`; return where the next begins, or `at` to wait for more bytes."""
        if not buffer.startswith(HEAD, at):
            return self._skip_to_head(buffer, at, cuts, is_last)
        found = settle_head(buffer, at, self._frame_limit, is_last)
        if found.verdict is Verdict.WAIT:
            self.awaits_tail = found.awaits_tail
            return at
        if found.verdict is Verdict.FRAME:
            self._give_out_skipped(cuts)
            self._skipped_in_row = 0
            cuts.append(Cut(buffer[at : found.end]))
            return found.end
        self._skip(buffer[at : found.end], found.reason, cuts)
        return found.end

    def _skip_to_head(self, buffer: bytes, at: int, cuts: list[Cut], is_last: bool) -> int:
        head = buffer.find(HEAD, at)
        if head < 0:
            head = len(buffer)
            if not is_last and buffer.endswith(b"#"):
                head -= 1
        if head > at:
            piece = buffer[at:head]
            self._skip(piece, "no_head" if piece.strip(b"\r\n\0 \t") else "blank", cuts)
        return head

    def _skip(self, piece: bytes, reason: str, cuts: list[Cut]) -> None:
        """Add to the run of skipped bytes; runs are given out when a frame follows, at the end, or at 4 KiB."""
        if not self._skip_reason or self._skip_reason == "blank":
            self._skip_reason = reason
        self._skipped += piece
        self._skipped_in_row += len(piece)
        while len(self._skipped) >= 4096:
            reason = "too_much_garbage" if self.too_much_garbage else self._skip_reason
            cuts.append(Cut(bytes(self._skipped[:4096]), reason))
            del self._skipped[:4096]

    def _give_out_skipped(self, cuts: list[Cut]) -> None:
        if self._skipped:
            cuts.append(Cut(bytes(self._skipped), self._skip_reason))
            self._skipped.clear()
        self._skip_reason = ""
