from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "sanjian.face.site"
    label = "face_site"
    verbose_name = "站点"
