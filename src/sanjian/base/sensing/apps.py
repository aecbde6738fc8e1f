from django.apps import AppConfig


class SensingConfig(AppConfig):
    name = "sanjian.base.sensing"
    label = "sensing"
    verbose_name = "感知接入"

    def ready(self) -> None:
        """Make the streams known to the catalogue, and offer what devices sent as answers of checklists, and have the
        worker ask devices for what they left out.
        """
        from sanjian.base.registry.answers import provide
        from sanjian.base.screening.duties import every

        from . import streams  # noqa: F401
        from .answers import latest
        from .recall import EVERY, look_for_holes

        provide("telemetry", latest)
        every(EVERY, "sensing.recall", look_for_holes)
