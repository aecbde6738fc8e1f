"""Two times for every fact: when it holds in the world, and from when to when we believed it.

A row is never changed once written. A correction closes the row (`superseded_at`) and adds the rows that hold instead,
so that a page, a rule or a court can ask what was true on a day, and also what was known of it at a moment.
"""

from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class DatedQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Rows by the day on which they hold and the moment at which they were believed."""

    def current(self) -> Self:
        """What is believed now, for whatever days."""
        return self.filter(superseded_at=None)

    def as_of(self, on: date, known_at: datetime | None = None) -> Self:
        """What holds on a day, as believed now or as it was believed at a moment."""
        held = Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gte=on))
        if known_at is None:
            return self.filter(held, superseded_at=None)
        return self.filter(held, recorded_at__lte=known_at).filter(
            Q(superseded_at=None) | Q(superseded_at__gt=known_at)
        )


class Dated(models.Model):
    """A fact with the days on which it holds (both included) and the moments between which it was believed."""

    valid_from = models.DateField("起")
    valid_to = models.DateField("止（含）", null=True, blank=True)
    recorded_at = models.DateTimeField("记录时间", default=timezone.now, editable=False)
    superseded_at = models.DateTimeField("被更正时间", null=True, blank=True, editable=False)
    data_source = models.ForeignKey(
        "registry.DataSource", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="来源"
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_days_in_order", condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from"))
            ),
            models.CheckConstraint(
                name="%(class)s_times_in_order",
                condition=Q(superseded_at__isnull=True) | Q(superseded_at__gte=F("recorded_at")),
            ),
        ]

    def holds_on(self, day: date) -> bool:
        """Whether the fact holds on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
