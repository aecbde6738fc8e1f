"""Permits, the facility and outlet tree, and limits: what was recorded is closed and added anew, never changed.

`add_*` records something new, `correct_*` says that what was recorded was wrong for all its days, `end_*` says on which
day it ended. A limit that follows another on the same factor closes it the day before: `set_limit`.
"""

from .dated import NotCurrent
from .facilities import add_facility, correct_facility, end_facility
from .limits import correct_limit, end_limit, set_limit
from .permits import add_permit, correct_permit, end_permit

__all__ = [
    "NotCurrent", "add_facility", "add_permit", "correct_facility", "correct_limit", "correct_permit", "end_facility",
    "end_limit", "end_permit", "set_limit",
]  # fmt: skip
