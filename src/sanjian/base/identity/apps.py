from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "sanjian.base.identity"
    label = "identity"
    verbose_name = "账号与审计"
