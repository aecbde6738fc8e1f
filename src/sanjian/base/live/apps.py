from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "sanjian.base.live"
    label = "live"
    verbose_name = "实时事件"
