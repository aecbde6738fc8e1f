from django.apps import AppConfig


class SourcesConfig(AppConfig):
    name = "sanjian.watch.sources"
    label = "sources"
    verbose_name = "固定污染源"
