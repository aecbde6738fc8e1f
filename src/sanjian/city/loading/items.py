"""The city's inspection items: drafts in the library, for nobody may inspect by an item that was made up."""

from datetime import datetime

from sanjian.base.identity.models import Account
from sanjian.base.registry.services import items

from ..folder import City

STANDARD = "模拟事项，仅用于规模与操作演示，不得据以检查。"


def load(city: City, keeper: Account, at: datetime) -> None:
    """Add them in the name of whoever keeps the library."""
    for row in city.table("items").to_dicts():
        items.add_item(row | {"standard": STANDARD}, actor=keeper, at=at)
