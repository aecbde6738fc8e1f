from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    name = "sanjian.act.inspections"
    label = "inspections"
    verbose_name = "检查码与检查"
