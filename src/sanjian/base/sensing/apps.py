from django.apps import AppConfig


class SensingConfig(AppConfig):
    name = "sanjian.base.sensing"
    label = "sensing"
    verbose_name = "感知接入"

    def ready(self) -> None:
        """Make the streams known to the catalogue, and offer what devices sent as answers of checklists."""
        from sanjian.base.registry.answers import provide

        from . import streams  # noqa: F401
        from .answers import latest

        provide("telemetry", latest)
