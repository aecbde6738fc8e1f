"""The switch to English leaves no Chinese of ours behind: every sentence of these pages has an English one."""

import re
from pathlib import Path

import pytest
from django.test import Client

from sanjian.base.registry.models import InspectionObject

HERE = Path(__file__).parents[1]
CATALOGUE = (HERE / "locale" / "en" / "LC_MESSAGES" / "django.po").read_text("utf-8")
OURS = re.compile(r"""(?:translate|\b_|gettext_noop|gettext_lazy)\(?\s*(?:"([^"]*)"|'([^']*)')""")


def test_every_sentence_stands_in_the_catalogue() -> None:
    files = [*HERE.glob("*.py"), *HERE.rglob("*.html")]
    said = {a or b for file in files for a, b in OURS.findall(file.read_text("utf-8"))}
    assert len(said) > 200
    assert sorted(text for text in said if f'msgid "{text}"' not in CATALOGUE) == []
    assert 'msgstr ""\n\n' not in CATALOGUE.split("\n\n", 1)[1]
    assert "fuzzy" not in CATALOGUE


@pytest.mark.parametrize(
    "path", ["", "?on=2026-02-01", "new/", "PLANT/", "PLANT/history/", "PLANT/edit/", "PLANT/split/"]
)
def test_pages_show_in_english(path: str, furnished: InspectionObject, keeper: Client, own_lake: None) -> None:
    keeper.post("/language/", {"language": "en", "next": "/"})
    page = keeper.get(f"/objects/{path.replace('PLANT', str(furnished.pk))}")
    assert page.status_code == 200
    assert page.headers["Content-Language"] == "en"
