"""Personal data on pages: `{% load personal %}`.

{{ contact.name|masked_name }}       张*
{{ contact.phone|masked_number }}    138****5678
"""

from django import template

from sanjian.base.identity import personal

register = template.Library()


@register.filter
def masked_name(name: str | None) -> str:
    """A person's name with all but its ends hidden; "—" when there is none."""
    return personal.masked_name(name) if name else "—"


@register.filter
def masked_number(number: str | None) -> str:
    """A telephone or ID number with its middle hidden; "—" when there is none."""
    return personal.masked_number(number) if number else "—"
