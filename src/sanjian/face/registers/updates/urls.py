"""Addresses of these pages."""

from django.urls import path

from . import batch_pages, duplicate_pages, intake_pages, report_pages, source_pages

urlpatterns = [
    path("", intake_pages.listing, name="updates"),
    path("upload/", intake_pages.upload, name="updates_upload"),
    path("templates/<slug:register>.xlsx", intake_pages.template, name="updates_template"),
    path("batches/<int:pk>/", batch_pages.page, name="updates_batch"),
    path("batches/<int:pk>/progress/", batch_pages.progress, name="updates_progress"),
    path("batches/<int:pk>/confirm/", batch_pages.confirm, name="updates_confirm"),
    path("batches/<int:pk>/cancel/", batch_pages.cancel, name="updates_cancel"),
    path("batches/<int:pk>/undo/", batch_pages.undo, name="updates_undo"),
    path("batches/<int:pk>/errors.xlsx", batch_pages.errors, name="updates_errors"),
    path("batches/<int:pk>/rows/<int:row>/", batch_pages.decide, name="updates_row"),
    path("duplicates/", duplicate_pages.listing, name="duplicates"),
    path("duplicates/search/", duplicate_pages.search, name="duplicates_search"),
    path("duplicates/<int:pk>/", duplicate_pages.page, name="duplicate"),
    path("duplicates/<int:pk>/reopen/", duplicate_pages.reopen, name="duplicate_reopen"),
    path("sources/", source_pages.listing, name="data_sources"),
    path("sources/new/", source_pages.edit, name="data_source_new"),
    path("sources/<int:pk>/", source_pages.edit, name="data_source"),
    path("sources/<int:pk>/pull/", source_pages.pull, name="data_source_pull"),
    path("report/", report_pages.page, name="updates_report"),
    path("report.csv", report_pages.export, name="updates_report_csv"),
]
