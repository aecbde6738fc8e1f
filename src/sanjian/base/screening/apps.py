from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    name = "sanjian.base.screening"
    label = "screening"
    verbose_name = "筛查"
