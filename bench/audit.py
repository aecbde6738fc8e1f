"""How fast a chain of audit entries is verified, and whether tampering with it is found at its place.

    sanjian bench audit [--entries 100000] [--tamperings 1000] [--seed 1] [--runs 5]

A real database (SQLite in a home of its own), filled through `audit.record_many`, a signed head written every 1,000
entries. `verify_per_s` is the median of whole walks, signatures of the heads included, in one process. Then an intruder
who owns the database, triggers lifted: edits any field of any entry, deletes one or many, swaps two, inserts one, cuts
the tail, or rewrites with new hashes from a point on (the last two repair the chain's own head too, so that only the
heads written out can tell). Each tampering is rolled back before the next. Most walks begin at the head before the
tampered place (`from_checkpoint`), the others at the first entry (`whole`); kinds that renumber or rewrite everything
behind them fall into the last 3,000 entries, the others anywhere. `located` counts breaks that name the very entry, or
for a rewriting the stretch between two heads that holds it.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

HEAD_EVERY = 1000
WHOLE_EVERY = 50
NOW = datetime(2026, 11, 23, 1, 2, 3, 456789, UTC)


def run(argv: list[str]) -> dict[str, Any]:
    """Build, verify and tamper in a process of its own, because Django's settings are read once a process."""
    _options(argv)
    with tempfile.TemporaryDirectory(prefix="sanjian-bench-audit-") as home:
        environment = {
            **os.environ, "SANJIAN_HOME": home, "SANJIAN_DATABASE_URL": "",
            "DJANGO_SETTINGS_MODULE": "sanjian.face.site.settings",
        }  # fmt: skip
        root = Path(__file__).resolve().parents[1]
        done = subprocess.run(
            [sys.executable, "-m", "bench.audit", *argv], env=environment, cwd=root, check=True, stdout=subprocess.PIPE
        )
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """All figures, inside the process that has the home folder."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from bench._audit_tampering import Intruder
    from sanjian.base.identity import audit, constraints, heads

    call_command("migrate", "identity", verbosity=0, interactive=False)
    began = time.perf_counter()
    _fill(options.entries, options.seed)
    filled_s = time.perf_counter() - began
    rates = []
    for _ in range(options.runs):
        began = time.perf_counter()
        count, broken = audit.verify(h.head for h in heads.known() if h.head)
        rates.append(count / (time.perf_counter() - began))
        assert (count, broken) == (options.entries, None), (count, broken)
    known = [h.head for h in heads.known() if h.head and not h.problem]
    constraints.remove(connection)
    intruder = Intruder(options.entries, known, random.Random(options.seed))
    began = time.perf_counter()
    for n in range(options.tamperings):
        intruder.strike(whole=n % WHOLE_EVERY == 0)
    return {
        "entries": options.entries,
        "verify_per_s": round(statistics.median(rates)),
        "verify_per_s_slowest": round(min(rates)),
        "runs": options.runs,
        "record_per_s": round(options.entries / filled_s),
        "heads": len(known),
        "tamperings": options.tamperings,
        "detected": intruder.detected,
        "located": intruder.located,
        "by_kind": intruder.by_kind,
        "missed": intruder.missed,
        "from_checkpoint": options.tamperings - intruder.whole,
        "whole": intruder.whole,
        "tampering_s": round(time.perf_counter() - began, 1),
        "database": "SQLite",
        "processes": 1,
        "cores": os.cpu_count(),
        "seed": options.seed,
    }


def _fill(count: int, seed: int) -> None:
    """Entries such as a working city writes: steps of clues, reads of contacts, log-ins, a few with more facts."""
    from sanjian.base.identity import audit, heads
    from sanjian.base.identity.models import Account

    rng = random.Random(seed)
    people = [
        Account.objects.create(username=f"p{n}", display_name=f"张{n}", role="operator", is_active=True)
        for n in range(20)
    ]
    acts = ("clue.judge", "clue.dispatch", "read", "login", "object.change", "visit.photo")
    for first in range(0, count, HEAD_EVERY):
        at = NOW + timedelta(seconds=first * 7)
        audit.record_many(
            [
                audit.Act(
                    rng.choice(acts),
                    "clue",
                    f"XS2026{n:06d}",
                    rng.choice([*people, None]),
                    at + timedelta(seconds=rng.random()),
                    "核对了自动监控数据，与现场一致" if n % 3 else "",
                    {"n": n, "to": "判定", "share": rng.random()} if n % 2 else {},
                )
                for n in range(first, min(first + HEAD_EVERY, count))
            ]
        )
        heads.write(at)


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sanjian bench audit")
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--tamperings", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args(argv)


if __name__ == "__main__":
    print(json.dumps(measure(_options(sys.argv[1:])), ensure_ascii=False))
