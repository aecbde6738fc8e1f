"""机构人员库: the pages of bodies, officers, certificates, interests and powers."""

from datetime import timedelta

from django.apps import AppConfig


class Pages(AppConfig):
    """See README.md."""

    name = "sanjian.face.registers.people"
    label = "registers_people"

    def ready(self) -> None:
        """The worker tells each district of certificates that end soon; each is told once, so often asking is free."""
        from sanjian.base.registry.services.certificates import tell_endings
        from sanjian.base.screening.duties import every

        every(timedelta(hours=1), "registry.certificate_endings", tell_endings)
