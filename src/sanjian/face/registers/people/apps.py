"""The pages of one register."""

from django.apps import AppConfig


class Pages(AppConfig):
    """See README.md."""

    name = "sanjian.face.registers.people"
    label = "registers_people"
