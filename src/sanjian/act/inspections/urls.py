"""Addresses of inspections, below /inspections/. The page behind the QR code is in `public_urls.py`."""

from django.urls import path

from . import pages, visit_pages

app_name = "inspections"
urlpatterns = [
    path("", pages.tasks, name="list"),
    path("issue/", pages.issue, name="issue"),
    path("codes/<str:code_id>/", pages.code, name="code"),
    path("codes/<str:code_id>/qr.svg", pages.qr, name="qr"),
    path("codes/<str:code_id>/cancel/", pages.cancel, name="cancel"),
    path("codes/<str:code_id>/approve/", pages.approve, name="approve"),
    path("visits/<str:code_id>/check-in/", visit_pages.check_in, name="check_in"),
    path("visits/<str:code_id>/", visit_pages.checklist, name="visit"),
    path("visits/<str:code_id>/questions/<int:question_id>/", visit_pages.question, name="question"),
    path("visits/<str:code_id>/photos/<int:photo_id>/<slug:form>/", visit_pages.photo, name="photo"),
    path("visits/<str:code_id>/finish/", visit_pages.finish, name="finish"),
    path("visits/<str:code_id>/done/", visit_pages.done, name="done"),
    path("visits/<str:code_id>/settle/", visit_pages.settle, name="settle"),
    path("visits/<str:code_id>/deliver/", visit_pages.deliver, name="deliver"),
]
