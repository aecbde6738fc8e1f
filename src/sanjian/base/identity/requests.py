"""The request of a page behind the log-in."""

from django.http import HttpRequest

from .models import Account


class AccountRequest(HttpRequest):
    """A request whose user is known: LoginRequiredMiddleware lets nobody else reach a page without an exemption."""

    user: Account
