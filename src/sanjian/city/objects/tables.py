"""Who is under regulation: one row an object, with all its roles. Large dischargers come first, then each special kind,
then the many small ones; producers of hazardous waste are counted over all of them.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from .. import geography, names
from ..parts import Tables
from ..plan import Plan
from . import trades
from .trades import Trade

NOTE = "模拟城市，虚构"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of object: how many, what it does, and how it is regulated."""

    count: int
    trades: tuple[Trade, ...]
    roles: tuple[str, ...]
    permit_class: tuple[str, ...]
    supervision: str
    weights: dict[str, float]
    since: tuple[int, int] = (-6000, -400)


def kinds(plan: Plan) -> list[Kind]:
    """The kinds in the order of their numbers; their counts add up to the plan's objects."""
    few, industry = ("simplified", "registered"), geography.INDUSTRY
    special = [
        Kind(plan.count("dischargers"), trades.LARGE, ("discharger",), ("key",), "key", industry),
        Kind(plan.count("facilities"), (trades.FACILITY,), ("discharger", "waste_facility"), ("simplified",),
             "general", industry),
        Kind(plan.count("carriers"), (trades.CARRIER,), ("carrier",), ("none",), "general", industry),
        Kind(plan.count("laboratories"), (trades.LABORATORY,), ("laboratory",), ("none",), "simple", geography.WEIGHTS),
        Kind(plan.count("test_stations"), (trades.TEST_STATION,), ("test_station",), ("none",), "general", industry),
        Kind(plan.count("construction_sites"), (trades.SITE,), ("construction_site",), ("none",), "general",
             geography.WEIGHTS, (-900, -10)),
    ]  # fmt: skip
    rest = max(0, plan.count("objects") - sum(kind.count for kind in special))
    return [
        *special,
        Kind(rest, trades.SMALL, ("discharger",), (*few, "registered", "none"), "simple", geography.WEIGHTS),
    ]


def tables(plan: Plan, _before: Tables) -> Tables:
    """The table `objects`."""
    rows = pl.concat([_of_kind(plan, n, kind) for n, kind in enumerate(kinds(plan))])
    rng = plan.random("objects", "identity")
    districts = rows["district"].to_list()
    known = geography.names()
    roles = _with_producers(plan, rows["roles"].to_list())
    return {
        "objects": rows.with_columns(
            object_no=pl.int_range(1, rows.height + 1, dtype=pl.Int32),
            credit_code=pl.Series(list(names.credit_codes(rng, districts))),
            site_no=pl.lit(""),
            name=pl.Series(names.enterprises(rng, rows["trade"].to_list())),
            street_code=pl.Series([f"{d}{s:03d}000" for d, s in zip(districts, rng.integers(1, 20, len(districts)))]),  # noqa: B905
            address=pl.Series(names.addresses(rng, districts, known)),
            legal_person=pl.Series(names.people(rng, len(districts))),
            grade=pl.Series(rng.choice(list("ABCD"), len(districts), p=[0.2, 0.6, 0.17, 0.03])),
            roles=pl.Series(roles, dtype=pl.List(pl.String)),
            listings=pl.Series(_listings(rows, roles), dtype=pl.List(pl.String)),
            source_note=pl.lit(NOTE),
        ).drop("trade")
    }


def _of_kind(plan: Plan, number: int, kind: Kind) -> pl.DataFrame:
    rng = plan.random("objects", number)
    districts = geography.districts(rng, kind.count, kind.weights)
    chosen = rng.integers(0, len(kind.trades), kind.count)
    places = np.zeros((kind.count, 2))
    for code in sorted(set(districts)):
        here = [n for n, district in enumerate(districts) if district == code]
        places[here] = geography.inside(rng, code, len(here))
    return pl.DataFrame(
        {
            "trade": [kind.trades[c].word for c in chosen],
            "industry_code": [kind.trades[c].industry_code for c in chosen],
            "industry_name": [kind.trades[c].industry_name for c in chosen],
            "district": districts,
            "longitude": places[:, 0],
            "latitude": places[:, 1],
            "permit_class": [kind.permit_class[i] for i in rng.integers(0, len(kind.permit_class), kind.count)],
            "supervision": [kind.supervision] * kind.count,
            "production": _production(rng, kind),
            "roles": [list(kind.roles)] * kind.count,
            "since_day": rng.integers(*kind.since, kind.count),
        },
        schema_overrides={"roles": pl.List(pl.String), "since_day": pl.Int32},
    )


def _production(rng: np.random.Generator, kind: Kind) -> list[str]:
    """Large ones run; of the others a few are suspended or closed."""
    if kind.supervision == "key":
        return ["operating"] * kind.count
    return [str(p) for p in rng.choice(["operating", "suspended", "closed"], kind.count, p=[0.93, 0.05, 0.02])]


def _with_producers(plan: Plan, roles: list[list[str]]) -> list[list[str]]:
    """The first dischargers produce hazardous waste too, as many as the plan has producers."""
    missing, found = plan.count("producers"), []
    for held in roles:
        is_one = missing > 0 and "discharger" in held and "waste_facility" not in held
        missing -= is_one
        found.append([*held, "waste_producer"] if is_one else held)
    return found


def _listings(rows: pl.DataFrame, roles: list[list[str]]) -> list[list[str]]:
    """Key dischargers stand on the lists of the media that their trade lets out."""
    media = {t.word: _media(t) for t in trades.LARGE}
    keys = zip(rows["trade"], rows["supervision"], roles, strict=True)
    return [media[trade] if supervision == "key" else [] for trade, supervision, _held in keys]


def _media(trade: Trade) -> list[str]:
    waters = {process.endswith(("_water", "_plant")) for process in trade.processes}
    return [name for name, is_there in (("key_gas", False in waters), ("key_water", True in waters)) if is_there]
