"""Addresses of these pages."""

from django.urls import path

from . import body_pages, list_pages, officer_pages, paper_pages

urlpatterns = [
    path("", list_pages.listing, name="people"),
    path("export.csv", list_pages.export, name="people_csv"),
    path("new/", officer_pages.new, name="officer_new"),
    path("bodies/", body_pages.listing, name="bodies"),
    path("bodies/new/", body_pages.new, name="body_new"),
    path("bodies/<int:pk>/", body_pages.page, name="body"),
    path("bodies/<int:pk>/edit/", body_pages.edit, name="body_edit"),
    path("bodies/<int:pk>/claim/", body_pages.claim, name="body_claim"),
    path("claims/<int:pk>/end/", body_pages.end_claim, name="claim_end"),
    path("<int:pk>/", officer_pages.page, name="officer"),
    path("<int:pk>/edit/", officer_pages.edit, name="officer_edit"),
    path("<int:pk>/reveal/", officer_pages.reveal, name="officer_reveal"),
    path("<int:pk>/certificates/new/", paper_pages.new_certificate, name="certificate_new"),
    path("certificates/<int:pk>/", paper_pages.correct_certificate, name="certificate"),
    path("<int:pk>/interests/new/", paper_pages.new_interest, name="interest_new"),
    path("interests/<int:pk>/end/", paper_pages.end_interest, name="interest_end"),
    path("<int:pk>/absences/new/", paper_pages.new_absence, name="absence_new"),
    path("absences/<int:pk>/remove/", paper_pages.remove_absence, name="absence_remove"),
]
