"""The page behind the QR code, below /code/: open to everyone who holds the code."""

from django.urls import path

from . import public_pages

app_name = "code"
urlpatterns = [
    path("time", public_pages.server_time, name="time"),
    path("key.pem", public_pages.public_key, name="key"),
    path("<str:code_id>", public_pages.show, name="show"),
    path("<str:code_id>/rate", public_pages.rate, name="rate"),
]
