from datetime import timedelta

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class IdentityConfig(AppConfig):
    name = "sanjian.base.identity"
    label = "identity"
    verbose_name = "账号与审计"

    def ready(self) -> None:
        """The database refuses to change audit entries; the worker writes out the chain's head once a day and forgets
        sessions that have ended.
        """
        from django.contrib.auth.signals import user_logged_in

        from sanjian.base.screening.duties import every

        from . import constraints, heads, rotation, sessions

        post_migrate.connect(constraints.after_migrate, sender=self, dispatch_uid="identity.constraints")
        user_logged_in.connect(sessions.stamp, dispatch_uid="identity.session_stamp")
        every(timedelta(hours=1), "identity.audit_head", heads.write_daily)
        every(timedelta(hours=1), "identity.sessions", sessions.forget_ended)
        rotation.keeps_digest("identity.account", "id_number", "person_digest", "person")
