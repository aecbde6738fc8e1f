"""The list of findings that grows while one frame is read."""

from .messages import BIT, REFUSALS, message

_PRIORITY = (
    "no_head", "truncated", "length_not_number", "end_unproven", "encrypted_no_key", "crc_wrong",
    "mn_missing", "st_missing", "cn_missing", "pw_missing", "flag_invalid", "qn_invalid", "part_number_invalid",
    "cp_missing", "cp_delimiter_inside", "data_time_invalid", "data_time_impossible",
)  # fmt: skip
"""Which refusal names the action when there are several: the one nearest to the wire."""


class Findings:
    """Codes with their facts, in the order found; `mask` holds the frame's own, values keep theirs apart."""

    __slots__ = ("facts", "mask", "value_mask")

    def __init__(self) -> None:
        self.mask = 0
        self.value_mask = 0
        self.facts: list[tuple[str, dict[str, object]]] = []

    def note(self, code: str, **facts: object) -> None:
        """A finding that concerns the whole frame."""
        self.mask |= BIT[code]
        self.facts.append((code, facts))

    def note_value(self, code: str, **facts: object) -> int:
        """A finding that concerns one factor; returns its bit, for that factor's row."""
        self.value_mask |= BIT[code]
        self.facts.append((code, facts))
        return BIT[code]

    @property
    def all(self) -> int:
        """Every finding, of the frame and of its values."""
        return self.mask | self.value_mask

    def refusal(self) -> str:
        """The code that refuses this frame, empty when nothing does."""
        if not self.mask & REFUSALS:
            return ""
        return next(code for code in _PRIORITY if self.mask & BIT[code])

    def messages(self) -> tuple[str, ...]:
        """The Chinese sentences, in the order found."""
        return tuple(message(code, facts) for code, facts in self.facts)
