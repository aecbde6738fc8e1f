"""四大基础库: one folder of pages a register, and the tabs between them."""

from django.apps import AppConfig


class Registers(AppConfig):
    """See README.md."""

    name = "sanjian.face.registers"
    label = "registers"
