from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "sanjian.base.evidence"
    label = "evidence"
    verbose_name = "证据"
