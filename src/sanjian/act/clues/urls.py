"""Addresses of clues, below /clues/."""

from django.urls import path

from . import pages, rule_pages

app_name = "clues"
urlpatterns = [
    path("", pages.clue_list, name="list"),
    path("export.csv", pages.export, name="export"),
    path("rules/", rule_pages.listing, name="rules"),
    path("rules/<str:screen_name>/", rule_pages.rule, name="rule"),
    path("rules/<str:screen_name>/mode/", rule_pages.set_mode, name="rule_mode"),
    path("rules/<str:screen_name>/<int:number>/judge/", rule_pages.judge, name="rule_judge"),
    path("<str:clue_no>/", pages.clue, name="clue"),
    path("<str:clue_no>/act/<slug:act>/", pages.act, name="act"),
    path("<str:clue_no>/pack.zip", pages.pack, name="pack"),
    path("<str:clue_no>/verify/<str:fingerprint>/", pages.verify, name="verify"),
]
