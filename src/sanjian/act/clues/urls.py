"""Addresses of clues, below /clues/."""

from django.urls import path

from . import pages

app_name = "clues"
urlpatterns = [
    path("", pages.clue_list, name="list"),
    path("export.csv", pages.export, name="export"),
    path("<str:clue_no>/", pages.clue, name="clue"),
    path("<str:clue_no>/act/<slug:act>/", pages.act, name="act"),
    path("<str:clue_no>/pack.zip", pages.pack, name="pack"),
    path("<str:clue_no>/verify/<str:fingerprint>/", pages.verify, name="verify"),
]
