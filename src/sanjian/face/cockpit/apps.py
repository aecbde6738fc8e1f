from django.apps import AppConfig


class CockpitConfig(AppConfig):
    name = "sanjian.face.cockpit"
    label = "cockpit"
    verbose_name = "驾驶舱"
