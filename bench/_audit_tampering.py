"""An intruder who owns the database and changes the audit trail behind the application's back."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from sanjian.base.identity import audit, chain
from sanjian.base.identity.models import Account, AuditEntry, AuditHead

STRETCH = 3000
"""Kinds that touch every later entry fall into this many last ones."""


class _RollBack(Exception):
    """Ends a transaction whose changes nobody wants."""


class Intruder:
    """Strikes once per call, lets the chain be verified, and undoes the strike."""

    def __init__(self, entries: int, heads: list[chain.Head], rng: random.Random) -> None:
        self.entries, self.heads, self.rng = entries, heads, rng
        self.people = list(Account.objects.values_list("pk", flat=True))
        self.detected = self.located = self.whole = 0
        self.by_kind: dict[str, list[int]] = {}
        self.missed: list[str] = []
        self.kinds: tuple[Callable[[], int], ...] = (
            self.edit, self.edit, self.edit, self.delete_one, self.delete_many, self.swap, self.insert, self.truncate,
            self.rewrite,
        )  # fmt: skip

    def strike(self, *, whole: bool) -> None:
        """One tampering and its verification, from the first entry if `whole`."""
        kind = self.rng.choice(self.kinds)
        try:
            with transaction.atomic():
                place = kind()
                start = None if whole else max((h for h in self.heads if h.seq < place - 1), default=None)
                _, broken = audit.verify(self.heads, after=start)
                raise _RollBack
        except _RollBack:
            pass
        self.whole += start is None
        is_located = broken is not None and broken.seq <= place <= (broken.until or broken.seq)
        if broken is not None and broken.until is None:
            is_located = broken.seq == place
        self.detected += broken is not None
        self.located += is_located
        tally = self.by_kind.setdefault(kind.__name__, [0, 0, 0])
        tally[0] += 1
        tally[1] += broken is not None
        tally[2] += is_located
        if not is_located:
            self.missed.append(f"{kind.__name__} {place}: {broken}")

    def edit(self) -> int:
        """Change one field of one entry."""
        entry = AuditEntry.objects.get(seq=self.anywhere())
        field = self.rng.choice(
            ["at", "actor_id", "actor_name", "role", "act", "record_kind", "record_id", "reason", "details",
             "previous_hash", "hash"]
        )  # fmt: skip
        AuditEntry.objects.filter(seq=entry.seq).update(**{field: self.other(field, getattr(entry, field))})
        return entry.seq

    def other(self, field: str, value: Any) -> Any:
        """Another value of the same shape: often as little as one character, microsecond or digit."""
        if field == "at":
            return value + timedelta(microseconds=self.rng.choice([-1, 1, 10**6, 86400 * 10**6]))
        if field == "actor_id":
            return self.rng.choice([p for p in [*self.people, None] if p != value])
        if field == "details":
            return {**value, "n": value.get("n", 0) + 1} if self.rng.random() < 0.7 else {**value, "more": ""}
        if not value:
            return "补"
        at = self.rng.randrange(len(value))
        return f"{value[:at]}{'0' if value[at] != '0' else '1'}{value[at + 1 :]}"

    def delete_one(self) -> int:
        """Take one entry out."""
        place = self.rng.randint(1, self.entries - 1)
        AuditEntry.objects.filter(seq=place).delete()
        return place

    def delete_many(self) -> int:
        """Take a run of entries out; half the time number the later ones anew, so that no gap shows."""
        many = self.rng.randint(2, 200)
        close = self.rng.random() < 0.5
        place = self.late(many) if close else self.rng.randint(1, self.entries - many)
        AuditEntry.objects.filter(seq__gte=place, seq__lt=place + many).delete()
        if close:
            self.renumber(place + many, -many)
        return place

    def swap(self) -> int:
        """Let two entries change places, each with its hashes."""
        first, second = sorted(self.rng.sample(range(1, self.entries + 1), 2))
        AuditEntry.objects.filter(seq=first).update(seq=0)
        AuditEntry.objects.filter(seq=second).update(seq=first)
        AuditEntry.objects.filter(seq=0).update(seq=second)
        return first

    def insert(self) -> int:
        """Put an entry in that fits the one before it, and number the later ones anew."""
        place = self.late()
        self.renumber(place, 1)
        before = AuditEntry.objects.get(seq=place - 1)
        entry = AuditEntry(
            seq=place, at=before.at, actor_name="系统", role="system", act="clue.close", record_kind="clue",
            record_id="XS", previous_hash=before.hash,
        )  # fmt: skip
        entry.hash = chain.link(before.hash, audit.as_chain(entry))
        entry.save(force_insert=True)
        # The forged entry fits; what cannot fit is the one behind it, or a head that was written at its number.
        return place if any(head.seq == place for head in self.heads) else place + 1

    def truncate(self) -> int:
        """Cut the tail off and repair the chain's own head."""
        place = self.late() if self.rng.random() < 0.9 else self.rng.randint(2, self.entries)
        AuditEntry.objects.filter(seq__gte=place).delete()
        self.repair_head()
        return place

    def rewrite(self) -> int:
        """Change one entry and give it and every later one new hashes; repair the chain's own head."""
        place = self.late()
        previous, rows = AuditEntry.objects.get(seq=place - 1).hash, []
        for entry in AuditEntry.objects.filter(seq__gte=place).order_by("seq"):
            if entry.seq == place:
                entry.reason += "（后来补写）"
            entry.previous_hash = previous
            previous = chain.link(previous, audit.as_chain(entry))
            rows.append((entry.reason, entry.previous_hash, previous, entry.seq))
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE identity_auditentry SET reason = %s, previous_hash = %s, hash = %s WHERE seq = %s", rows
            )
        self.repair_head()
        return place

    def repair_head(self) -> None:
        """Make the chain's own head fit what is left."""
        last = AuditEntry.objects.order_by("-seq").first()
        assert last is not None
        AuditHead.objects.filter(id=1).update(seq=last.seq, hash=last.hash)

    def renumber(self, first: int, by: int) -> None:
        """Move the numbers of all entries from one on; by way of negative numbers, which clash with nothing."""
        AuditEntry.objects.filter(seq__gte=first).update(seq=-(F("seq") + by))
        AuditEntry.objects.filter(seq__lt=0).update(seq=-F("seq"))

    def anywhere(self) -> int:
        """Any entry."""
        return self.rng.randint(1, self.entries)

    def late(self, room: int = 1) -> int:
        """An entry among the last STRETCH, with `room` before the end."""
        return self.rng.randint(max(2, self.entries - STRETCH), self.entries - room)
