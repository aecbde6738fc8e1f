"""Every sentence of the library has an English one."""

import re
from pathlib import Path

import pytest

from sanjian.base.registry.models import InspectionItem, Listing, ObjectFacts, ObjectRole, Question

APP = Path(__file__).parents[1]
CATALOGUE = (APP / "locale" / "en" / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "choices",
    [
        InspectionItem.Method, Question.Kind, ObjectRole.Role, Listing.List, ObjectFacts.PermitClass,
        ObjectFacts.Supervision,
    ],
)  # fmt: skip
def test_every_word_of_a_choice_is_translated(choices):
    assert [name for name in choices.labels if f'msgid "{name}"\n' not in CATALOGUE] == []


def test_every_sentence_of_pages_and_templates_is_translated():
    said = [
        text
        for file in [*APP.glob("*.py"), *APP.glob("templates/**/*.html")]
        for text in re.findall(r"""(?:translate |\b_\(|gettext_noop\()["']([^"'\n]+)["']""", file.read_text("utf-8"))
        if re.search(r"[\u4e00-\u9fff]", text)
    ]
    assert len(said) > 150
    assert [text for text in said if f'msgid "{text}"\n' not in CATALOGUE] == []
    assert not re.search(r'^msgstr ""\n\n', CATALOGUE, re.MULTILINE)
