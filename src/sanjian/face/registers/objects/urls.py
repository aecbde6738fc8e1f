"""Addresses of the objects' pages, under /objects/."""

from django.urls import path

from . import (
    bulk_pages,
    contact_pages,
    edit_pages,
    lineage_pages,
    list_pages,
    object_pages,
    record_pages,
    relation_pages,
)  # fmt: skip

urlpatterns = [
    path("", list_pages.listing, name="objects"),
    path("find.json", list_pages.answers, name="objects_find"),
    path("export.csv", list_pages.export, name="objects_csv"),
    path("bulk/", bulk_pages.page, name="objects_bulk"),
    path("new/", edit_pages.new, name="object_new"),
    path("lineage/<int:pk>/undo/", lineage_pages.undo, name="lineage_undo"),
    path("<int:pk>/", object_pages.page, name="object"),
    path("<int:pk>/edit/", edit_pages.edit, name="object_edit"),
    path("<int:pk>/history/", object_pages.history, name="object_history"),
    path("<int:pk>/graph.json", object_pages.graph, name="object_graph"),
    path("<int:pk>/split/", lineage_pages.split, name="object_split"),
    path("<int:pk>/contacts/new/", contact_pages.contact, name="contact_new"),
    path("<int:pk>/contacts/<int:contact_pk>/", contact_pages.contact, name="contact_edit"),
    path("<int:pk>/contacts/<int:contact_pk>/reveal/", contact_pages.reveal, name="contact_reveal"),
    path("<int:pk>/relations/new/", relation_pages.relate, name="relation_new"),
    path("<int:pk>/relations/<int:relation_pk>/end/", relation_pages.unrelate, name="relation_end"),
    path("<int:pk>/permits/new/", record_pages.permit, name="permit_new"),
    path("<int:pk>/permits/<int:record_pk>/", record_pages.permit, name="permit_edit"),
    path("<int:pk>/facilities/new/", record_pages.facility, name="facility_new"),
    path("<int:pk>/facilities/<int:record_pk>/", record_pages.facility, name="facility_edit"),
    path("<int:pk>/limits/new/", record_pages.limit, name="limit_new"),
    path("<int:pk>/limits/<int:record_pk>/", record_pages.limit, name="limit_edit"),
]
