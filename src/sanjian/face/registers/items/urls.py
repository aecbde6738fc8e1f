"""Addresses of these pages. Words that are addresses themselves are no codes of items: see forms.RESERVED."""

from django.urls import path

from . import edit_pages, item_pages, legal_edit_pages, legal_pages, list_pages

urlpatterns = [
    path("", list_pages.listing, name="items"),
    path("export.csv", list_pages.export, name="items_csv"),
    path("new/", edit_pages.new, name="item_new"),
    path("scope-count/", edit_pages.scope_count, name="item_scope_count"),
    path("legal/", legal_pages.listing, name="legal_bases"),
    path("legal/new/", legal_edit_pages.new, name="legal_new"),
    path("legal/<slug:code>/", legal_pages.basis, name="legal_basis"),
    path("legal/<slug:code>/edit/", legal_edit_pages.edit, name="legal_edit"),
    path("legal/<slug:code>/succeed/", legal_edit_pages.succeed, name="legal_succeed"),
    path("legal/<slug:code>/verify/", legal_edit_pages.verify, name="legal_verify"),
    path("citations/", legal_pages.report, name="citations"),
    path("citations/export.csv", legal_pages.report_csv, name="citations_csv"),
    path("<slug:code>/", item_pages.page, name="item"),
    path("<slug:code>/objects/", item_pages.objects, name="item_objects"),
    path("<slug:code>/versions/<int:number>/", item_pages.version, name="item_version"),
    path("<slug:code>/edit/", edit_pages.edit, name="item_edit"),
    path("<slug:code>/questions/", edit_pages.questions, name="item_questions"),
    path("<slug:code>/publish/", edit_pages.publish, name="item_publish"),
    path("<slug:code>/switch/", legal_pages.switch, name="item_switch"),
]
