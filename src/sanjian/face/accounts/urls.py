"""Addresses of log-in, second factor, sessions, accounts and the audit trail."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
