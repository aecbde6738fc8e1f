"""What these tests do over and over: log in as a person, with a code where one is asked."""

import pyotp
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from sanjian.base.identity import second_factor
from sanjian.base.identity.models import Account

PASSWORD = "correct-horse-battery"
AGENT = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"


def give_password(client: Client, name: str, password: str = PASSWORD, back: str = "") -> HttpResponse:
    """The first step."""
    return client.post("/login/", {"username": name, "password": password, "next": back}, headers={"user-agent": AGENT})


def give_app(account: Account) -> pyotp.TOTP:
    """An authenticator app in force, with a code from an hour ago used up."""
    now = timezone.now()
    row = second_factor.offer_secret(account, now)
    row.confirmed_at = now
    row.save()
    return pyotp.TOTP(row.secret)


def as_person(account: Account) -> Client:
    """A browser in which this person is already logged in, past every door."""
    client = Client()
    client.force_login(account)
    return client
