from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "sanjian.base.registry"
    label = "registry"
    verbose_name = "检查对象与监测点位"
