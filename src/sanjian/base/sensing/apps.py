from django.apps import AppConfig


class SensingConfig(AppConfig):
    name = "sanjian.base.sensing"
    label = "sensing"
    verbose_name = "感知接入"
