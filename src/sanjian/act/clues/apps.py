from django.apps import AppConfig


class CluesConfig(AppConfig):
    name = "sanjian.act.clues"
    label = "clues"
    verbose_name = "问题线索"

    def ready(self) -> None:
        """Findings become clues: from now on the screening runner tells us of each one."""
        from sanjian.base.screening.services import subscribe

        from .services import take_finding

        subscribe(take_finding)
