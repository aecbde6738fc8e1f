from django.apps import AppConfig


class SensingConfig(AppConfig):
    name = "sanjian.base.sensing"
    label = "sensing"
    verbose_name = "感知接入"

    def ready(self) -> None:
        """Make the streams known to the catalogue."""
        from . import streams  # noqa: F401
