from datetime import timedelta

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "sanjian.base.registry"
    label = "registry"
    verbose_name = "检查对象与监测点位"

    def ready(self) -> None:
        """The worker brings changes recorded for a later day into the present soon after midnight, and reads and writes
        batches; a new secret key reaches the sealed parts of imports too.
        """
        from sanjian.base.identity import rotation
        from sanjian.base.screening.duties import every

        from .services.presence import bring_into_present, find_words
        from .updates import duties
        from .updates.resealing import reseal_all

        every(timedelta(minutes=10), "registry.bring_into_present", bring_into_present)
        every(timedelta(minutes=10), "registry.find_words", find_words)
        duties.register()
        rotation.keeps_digest("registry.officer", "id_number", "id_digest", "officer id number")
        rotation.also("registry.imports", reseal_all)
