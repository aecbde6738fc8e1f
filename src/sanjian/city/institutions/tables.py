"""Who inspects, with what, and what there is to inspect."""

import numpy as np
import polars as pl

from .. import geography, names
from ..parts import Tables
from ..plan import Plan

DEPARTMENTS = (("enforcement", "生态环境执法大队"), ("supervision", "生态环境监管科"), ("monitoring", "环境监测站"))
INSTRUMENTS = (
    ("气体检测", "便携式烟气分析仪"), ("挥发性有机物检测", "便携式火焰离子化检测仪"),
    ("水质检测", "便携式多参数水质仪"), ("噪声检测", "声级计"), ("移动源检测", "便携式烟度计"),
    ("放射性检测", "辐射剂量率仪"),
)  # fmt: skip
DOMAINS = (
    "大气",
    "水",
    "固体废物",
    "噪声",
    "排污许可",
    "移动源",
    "监测质量",
    "环评",
    "辐射",
    "土壤",
    "应急",
    "自然生态",
)


def tables(plan: Plan, _before: Tables) -> Tables:
    """The tables `bodies`, `officers`, `certificates`, `instruments`, `checks` and `items`."""
    bodies = _bodies()
    officers = _officers(plan, bodies)
    instruments = _instruments(plan, bodies)
    return {
        "bodies": bodies,
        "officers": officers,
        "certificates": _certificates(plan, officers),
        "instruments": instruments,
        "checks": _checks(plan, instruments),
        "items": _items(plan),
    }


def _bodies() -> pl.DataFrame:
    territories = {"310000": "上海市"} | geography.names()
    rows = [
        (f"{code}-{department}", f"{name}{title}（模拟）", department, code)
        for code, name in territories.items()
        for department, title in DEPARTMENTS
    ]
    return pl.DataFrame(rows, schema=["code", "name", "department", "territory"], orient="row")


def _officers(plan: Plan, bodies: pl.DataFrame) -> pl.DataFrame:
    """At least two in every enforcement body, so that every district can send a pair."""
    rng, count = plan.random("institutions", "officers"), plan.count("officers")
    enforcement = bodies.filter(pl.col("department") == "enforcement")["code"].to_list()
    placed = [code for code in enforcement for _ in range(2)]
    placed += [bodies["code"][int(i)] for i in rng.integers(0, bodies.height, max(0, count - len(placed)))]
    return pl.DataFrame(
        {
            "staff_no": [f"M{n:05d}" for n in range(1, len(placed) + 1)],
            "body": placed,
            "name": names.people(rng, len(placed)),
            "can_sample": rng.random(len(placed)) < 0.3,
        }
    )


def _certificates(plan: Plan, officers: pl.DataFrame) -> pl.DataFrame:
    """For everybody in enforcement; one in twenty has lapsed or is about to."""
    rng = plan.random("institutions", "certificates")
    held = officers.filter(pl.col("body").str.ends_with("-enforcement"))
    ends = np.where(
        rng.random(held.height) < 0.05, rng.integers(-90, 60, held.height), rng.integers(200, 1500, held.height)
    )
    return held.select("staff_no").with_columns(
        certificate_no=pl.Series([f"模拟{n:07d}" for n in range(1, held.height + 1)]),
        since_day=pl.Series((ends - 5 * 365).astype(np.int32)),
        until_day=pl.Series(ends.astype(np.int32)),
    )


def _instruments(plan: Plan, bodies: pl.DataFrame) -> pl.DataFrame:
    rng, count = plan.random("institutions", "instruments"), plan.count("instruments")
    kinds = rng.integers(0, len(INSTRUMENTS), count)
    return pl.DataFrame(
        {
            "asset_no": [f"模拟-{n:05d}" for n in range(1, count + 1)],
            "category": [INSTRUMENTS[i][0] for i in kinds],
            "name": [INSTRUMENTS[i][1] for i in kinds],
            "body": [bodies["code"][int(i)] for i in rng.integers(0, bodies.height, count)],
        }
    )


def _checks(plan: Plan, instruments: pl.DataFrame) -> pl.DataFrame:
    """A yearly verification each; one in twelve has run out."""
    rng, count = plan.random("institutions", "checks"), instruments.height
    performed = np.where(rng.random(count) < 1 / 12, rng.integers(-500, -366, count), rng.integers(-364, -1, count))
    return instruments.select("asset_no").with_columns(
        performed_day=pl.Series(performed.astype(np.int32)), until_day=pl.Series((performed + 365).astype(np.int32))
    )


def _items(plan: Plan) -> pl.DataFrame:
    """Named for what they are: made up, so that nobody takes one for the law."""
    count, rng = plan.count("items"), plan.random("institutions", "items")
    return pl.DataFrame(
        {
            "code": [f"sim-{n:04d}" for n in range(1, count + 1)],
            "name": [f"模拟事项 {DOMAINS[n % len(DOMAINS)]} {n:04d}" for n in range(1, count + 1)],
            "domain": [DOMAINS[n % len(DOMAINS)] for n in range(1, count + 1)],
            "method": [("on_site", "remote", "both")[i] for i in rng.integers(0, 3, count)],
            "yearly_cap": rng.integers(1, 5, count),
        }
    )
