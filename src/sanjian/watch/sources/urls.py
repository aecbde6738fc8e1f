"""Addresses of the monitoring points and of the packets that their readings came in."""

from django.urls import path

from . import completeness_pages, console_pages, packet_pages, pages

urlpatterns = [
    path("sources/", pages.listing, name="sources"),
    path("sources/export.csv", pages.export, name="sources_csv"),
    path("sources/<str:device_mn>/", pages.point, name="point"),
    path("sources/<str:device_mn>/curve.json", pages.curve_data, name="point_curve"),
    path("sources/<str:device_mn>/readings.csv", pages.readings_csv, name="point_csv"),
    path("sources/<str:device_mn>/packets/", packet_pages.listing, name="point_packets"),
    path("sources/<str:device_mn>/commands/", console_pages.listing, name="point_commands"),
    path("sources/<str:device_mn>/commands/new/", console_pages.new, name="point_command_new"),
    path("sources/<str:device_mn>/commands/<int:number>/cancel/", console_pages.cancel, name="point_command_cancel"),
    path("sources/<str:device_mn>/parameters/", console_pages.parameters, name="point_parameters"),
    path("sources/<str:device_mn>/parameters/approve/", console_pages.approve, name="point_parameter_approve"),
    path("sources/<str:device_mn>/parameters.csv", console_pages.parameters_csv, name="point_parameters_csv"),
    path("sources/<str:device_mn>/completeness/", completeness_pages.page, name="point_completeness"),
    path("sources/<str:device_mn>/completeness.csv", completeness_pages.export, name="point_completeness_csv"),
    path("packets/<str:sha256>/", packet_pages.packet, name="packet"),
]
