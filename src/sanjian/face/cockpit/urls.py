"""Today, the board, the live stream and the operator's page."""

from django.urls import path

from . import board, live, scores, system, today

urlpatterns = [
    path("", today.page, name="today"),
    path("map/", board.page, name="board"),
    path("map/points.json", board.points, name="board_points"),
    path("live/", live.live, name="live"),
    path("system/", system.page, name="system"),
    path("system/scores/", scores.page, name="scores"),
    path("system/verify/", system.verify, name="system_verify"),
    path("system/devices/<str:device_mn>/", system.register_device, name="system_register"),
]
