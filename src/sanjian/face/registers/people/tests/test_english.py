"""Every sentence of these registers has an English one, so that the switch never leaves half a page behind."""

import ast
import re
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils.translation import gettext, override

from .cast import make_registers

REGISTERS = Path(__file__).parents[2]
BASE = REGISTERS.parents[1] / "base" / "registry"
MARKS = {"_", "gettext_lazy"}
FILES = [
    *(REGISTERS / "people").glob("*.py"),
    *(REGISTERS / "equipment").glob("*.py"),
    *(BASE / "rules").glob("*.py"),
    *(BASE / "services").glob("*.py"),
]
TEMPLATES = [*(REGISTERS / "people").rglob("*.html"), *(REGISTERS / "equipment").rglob("*.html")]


def sentences() -> set[str]:
    """What is marked for translation in code and templates, without sentences in blocks."""
    calls = (n for file in FILES for n in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(n, ast.Call))
    found = {
        call.args[0].value
        for call in calls
        if getattr(call.func, "id", "") in MARKS and call.args and isinstance(call.args[0], ast.Constant)
    }
    for file in TEMPLATES:
        found |= {a or b for a, b in re.findall(r"""\{% translate (?:"([^"]*)"|'([^']*)')""", file.read_text("utf-8"))}
    return found


def test_every_sentence_has_an_english_one():
    with override("en"):
        assert [
            text for text in sentences() if re.search("[一-鿿]", gettext(text).replace("环办执法〔2024〕27号", ""))
        ] == []


@pytest.mark.parametrize("app", ["people", "equipment"])
def test_no_message_is_empty_or_fuzzy(app):
    text = (REGISTERS / app / "locale" / "en" / "LC_MESSAGES" / "django.po").read_text("utf-8")
    assert "fuzzy" not in text
    assert 'msgstr ""\n\n' not in text.split("\n\n", 1)[1]


def test_pages_open_in_english(db, client):
    r = make_registers()
    client.force_login(r.person["supervisor"])
    client.cookies["django_language"] = "en"
    one = {"officer": r.bodies.officer.pk, "body": r.bodies.here.pk, "instrument": r.instrument.pk}
    for name, pk in one.items():
        assert client.get(reverse(name, args=[pk])).status_code == 200
    assert "Register a person" in client.get(reverse("people")).content.decode()
    assert "Due calendar" in client.get(reverse("equipment")).content.decode()
