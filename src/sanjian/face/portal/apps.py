from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "sanjian.face.portal"
    label = "portal"
    verbose_name = "公开页面"
