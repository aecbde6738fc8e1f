"""Addresses of these pages."""

from django.urls import path

from . import instrument_pages, list_pages, use_pages

urlpatterns = [
    path("", list_pages.listing, name="equipment"),
    path("export.csv", list_pages.export, name="equipment_csv"),
    path("calendar.ics", list_pages.calendar, name="equipment_calendar"),
    path("new/", instrument_pages.new, name="instrument_new"),
    path("<int:pk>/", instrument_pages.page, name="instrument"),
    path("<int:pk>/edit/", instrument_pages.edit, name="instrument_edit"),
    path("<int:pk>/checks/new/", instrument_pages.new_check, name="check_new"),
    path("checks/<int:pk>/void/", instrument_pages.void_check, name="check_void"),
    path("<int:pk>/readings/new/", use_pages.new_reading, name="reading_new"),
    path("<int:pk>/lend/", use_pages.lend, name="instrument_lend"),
    path("<int:pk>/return/", use_pages.give_back, name="instrument_return"),
]
