"""装备库: the pages of instruments, their checks, readings and loans."""

from django.apps import AppConfig


class Pages(AppConfig):
    """See README.md."""

    name = "sanjian.face.registers.equipment"
    label = "registers_equipment"
