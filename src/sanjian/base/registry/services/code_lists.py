"""Code lists at installation: districts, legal bases, factors, inspection items."""

import csv
import json
from pathlib import Path
from typing import Any

from django.db import transaction

from sanjian.base.identity.models import District
from sanjian.base.sensing.hj212 import factors

from ..models import Factor, InspectionItem, LegalBasis, Question

DATA = Path(__file__).parent.parent / "data"


@transaction.atomic
def load_code_lists() -> None:
    """Load districts, legal bases, factors and inspection items. Rows that exist are left as people made them."""
    _load_districts()
    _load_legal_bases()
    _load_factors()
    _load_items()


def _load_districts() -> None:
    with (DATA / "districts.csv").open(encoding="utf-8") as file:
        rows = [District(**{**row, "is_city": row["is_city"] == "1"}) for row in csv.DictReader(file)]
    District.objects.bulk_create(rows, ignore_conflicts=True)


def _load_legal_bases() -> None:
    bases = _read("legal_basis.json")
    LegalBasis.objects.bulk_create(
        [LegalBasis(**{k: v for k, v in basis.items() if k != "replaced_by"}) for basis in bases], ignore_conflicts=True
    )
    ids = dict(LegalBasis.objects.values_list("code", "id"))
    for basis in bases:
        if basis["replaced_by"]:
            LegalBasis.objects.filter(code=basis["code"], replaced_by=None).update(
                replaced_by=ids[basis["replaced_by"]]
            )


def _load_factors() -> None:
    """The factors of HJ 212-2017 appendix B, in the unit in which the platform keeps them."""
    Factor.objects.bulk_create(
        [
            Factor(
                code=f.code,
                name=f.name_zh,
                name_en=f.name_en,
                unit=KEPT_UNITS.get(f.code) or _as_people_write(f.unit),
                decimals=2 if f.decimals is None else f.decimals,
            )
            for f in factors.factors().values()
            if len(f.code) <= 12
        ],
        ignore_conflicts=True,
    )


KEPT_UNITS = {"a34001": "µg/m³", "a34002": "µg/m³", "a34004": "µg/m³", "a34005": "µg/m³"}
"""The standard's default of ng/m3 for ambient particles is used by nobody; ambient standards (GB 3095) judge in
µg/m³.
"""


def _as_people_write(unit: str) -> str:
    """A unit of the code table as it stands on a page: mg/m3 -> mg/m³; a pure number has none."""
    if unit == "1":
        return ""
    return unit.replace("m3", "m³").replace("degC", "℃").replace("ug/", "µg/")


def _load_items() -> None:
    bases = {b.code: b for b in LegalBasis.objects.all()}
    for item in _read("items.json"):
        questions = item.pop("questions")
        for kind in ("duty_basis", "power_basis", "penalty_basis"):
            item[kind] = bases[item[kind]]
        stored, is_new = InspectionItem.objects.get_or_create(code=item.pop("code"), defaults=item)
        if is_new:
            Question.objects.bulk_create(Question(item=stored, order=n, **q) for n, q in enumerate(questions))


def _read(name: str) -> list[dict[str, Any]]:
    return json.loads((DATA / name).read_text(encoding="utf-8"))  # type: ignore[no-any-return]
