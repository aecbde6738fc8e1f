"""How the lines of each register are held against what is registered, written, and taken back. One file a register."""

from sanjian.base.registry.models import Register

from . import instruments, items, objects, officers
from .contract import Scope, Target, Undo, Undone, scope_of

TARGETS: dict[str, Target] = {
    Register.OBJECTS: objects.Objects(),
    Register.OFFICERS: officers.Officers(),
    Register.INSTRUMENTS: instruments.Instruments(),
    Register.ITEMS: items.Items(),
}

__all__ = ["TARGETS", "Scope", "Target", "Undo", "Undone", "scope_of"]
