from datetime import timedelta

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class InspectionsConfig(AppConfig):
    name = "sanjian.act.inspections"
    label = "inspections"
    verbose_name = "检查码与检查"

    def ready(self) -> None:
        """The database keeps the promise "no visit without a code": its triggers stand after every migrate.

        Codes whose window has passed unused are marked by the worker; visits are looked at again when an instrument
        turns out not to have been good.
        """
        from sanjian.base.registry.services.equipment import on_reopened
        from sanjian.base.screening.duties import every

        from .constraints import after_migrate
        from .services.codes import expire_codes
        from .services.reexamining import ask_again

        post_migrate.connect(after_migrate, sender=self, dispatch_uid="inspections.constraints")
        every(timedelta(minutes=1), "inspections.expire_codes", expire_codes)
        on_reopened(ask_again)
