"""Log-in, second factor, sessions, accounts and the audit trail."""

from django.apps import AppConfig


class Accounts(AppConfig):
    """See README.md."""

    name = "sanjian.face.accounts"
    label = "accounts"
