"""Addresses of the monitoring points and of the packets that their readings came in."""

from django.urls import path

from . import packet_pages, pages

urlpatterns = [
    path("sources/", pages.listing, name="sources"),
    path("sources/export.csv", pages.export, name="sources_csv"),
    path("sources/<str:device_mn>/", pages.point, name="point"),
    path("sources/<str:device_mn>/curve.json", pages.curve_data, name="point_curve"),
    path("sources/<str:device_mn>/readings.csv", pages.readings_csv, name="point_csv"),
    path("sources/<str:device_mn>/packets/", packet_pages.listing, name="point_packets"),
    path("packets/<str:sha256>/", packet_pages.packet, name="packet"),
]
