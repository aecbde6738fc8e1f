"""The pages of one register, and what the citations report hears of besides items."""

from datetime import datetime, timedelta

from django.apps import AppConfig


class Pages(AppConfig):
    """See README.md."""

    name = "sanjian.face.registers.items"
    label = "registers_items"

    def ready(self) -> None:
        """The worker looks for lapsed citations once a day; screens are heard beside the items."""
        from sanjian.base.registry.citations import cite
        from sanjian.base.screening.citations import screen_citations
        from sanjian.base.screening.duties import every

        cite("screens", screen_citations)
        every(timedelta(days=1), "registry.citations", _look)


def _look(now: datetime) -> int:
    from django.utils import timezone

    from sanjian.base.registry.citations import check

    return check(now, timezone.localdate(now))
