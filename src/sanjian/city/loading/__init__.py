"""Bringing a built city into an installation: its registries by the platform's services, and people to log in as."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from sanjian.base.identity.models import Account
from sanjian.base.registry.models import DataSource
from sanjian.base.registry.services import load_code_lists

from ..building import Told
from ..folder import City
from . import accounts, institutions, items, objects

SOURCE = "city"
"""Code of the data source that every loaded field names."""


@transaction.atomic
def load(city: City, opened_on: date, told: Told = lambda *_: None) -> None:
    """Write the city's registries, dated from the day on which it is opened. Doing it again changes nothing.

    Args:
        opened_on: day 0; a city that was opened before keeps its own.
    """
    load_code_lists()
    source, is_new = DataSource.objects.get_or_create(code=SOURCE, defaults={"name": "模拟城市", "kind": "file"})
    if not is_new:
        return
    city.open_on(opened_on)
    now = timezone.now()
    told("objects", 0, 4)
    numbers = objects.load(city, source, now)
    told("institutions", 1, 4)
    institutions.load(city, now)
    told("accounts", 2, 4)
    accounts.load(city, numbers, now)
    told("items", 3, 4)
    items.load(city, Account.objects.get(username=accounts.KEEPER), now)
    told("", 4, 4)
