"""What signs look like in honest blocks of three days, shipped with the rules.

Read from the gas turbine of UCI (2012, NOx and CO, 318 blocks each, quick sensor of sixty days), the wider of the two;
signs about missing and marked hours are standard normal by their making and have its tail. Closed clues will replace
it.
"""

from typing import NamedTuple


class Tail(NamedTuple):
    """Where the upper tenth of honest blocks begins, and the mean excess beyond."""

    begins: float
    scale: float


TAILS = {
    "smoothness": Tail(0.45, 0.20),
    "stillness": Tail(0.52, 0.24),
    "filtered": Tail(0.205, 0.060),
    "lid": Tail(0.042, 0.025),
    "borrowed": Tail(0.66, 0.26),
    "lowered": Tail(0.06, 0.08),
    "thinned": Tail(0.06, 0.08),
    "hidden": Tail(1.81, 0.66),
    "excused": Tail(1.28, 0.47),
    "repeated": Tail(0.27, 0.10),
}
