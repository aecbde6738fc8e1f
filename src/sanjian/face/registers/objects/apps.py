"""The pages of inspection objects: search, list, 一企一档, and the forms that keep them."""

from django.apps import AppConfig


class Pages(AppConfig):
    """See the README of the registers."""

    name = "sanjian.face.registers.objects"
    label = "registers_objects"
