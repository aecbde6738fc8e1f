"""The pages of dynamic update; with them the worker's duties for batches, pulls and duplicates."""

from django.apps import AppConfig


class Pages(AppConfig):
    """See README.md."""

    name = "sanjian.face.registers.updates"
    label = "registers_updates"

    def ready(self) -> None:
        """Have the worker read and write batches; have imports sealed anew with the secret key."""
        from sanjian.base.identity import rotation
        from sanjian.base.registry.updates import duties, resealing

        duties.register()
        rotation.also("registry.imports", resealing.reseal_all)
