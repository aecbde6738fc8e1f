"""The web process's entry point: static files from where they lie, everything else from Django."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanjian.face.site.settings")
_django = get_asgi_application()

from .statics import Statics  # noqa: E402 - needs the settings

application = Statics(_django)
