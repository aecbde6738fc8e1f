from django.apps import AppConfig


class SourcesConfig(AppConfig):
    name = "sanjian.watch.sources"
    label = "sources"
    verbose_name = "固定污染源"

    def ready(self) -> None:
        """Make the screens of the family and their facts known."""
        from sanjian.base.screening import facts as registry

        from . import facts, screens

        registry.provide(screens.FAMILY, facts.provide)
