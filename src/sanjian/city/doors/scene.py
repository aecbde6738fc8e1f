"""Where people act: the address of the platform, who they are, and what they wait for."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from .browser import Browser, Refused

Seen = TypeVar("Seen")
PATIENCE_S = 90.0
"""How long a person comes back to look: a screen runs every few seconds, a busy machine takes longer."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One platform with its people.

    Args:
        root: http://host:port.
        password: the one that all invented people have.
        object_name: whose clue is worked on.
        latitude, longitude: where the officer stands at the visit.
    """

    root: str
    password: str
    object_name: str
    latitude: float
    longitude: float
    supervisor: str = "li"
    enforcer: str = "zhao"
    companion: str = "钱"
    enterprise: str = "chen"

    def enter(self, username: str = "") -> Browser:
        """A browser of somebody, or of a stranger."""
        browser = Browser(self.root)
        return browser.log_in(username, self.password) if username else browser


def come_back_until(look: Callable[[], Seen | None], what: str, seconds: float = PATIENCE_S) -> Seen:
    """Look again every half second. Raises Refused naming what did not come."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if (seen := look()) is not None:
            return seen
        time.sleep(0.5)
    raise Refused(f"{what}：{seconds:.0f} 秒内没有等到")
