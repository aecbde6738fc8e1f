"""Every sentence of the loop has an English one, so that the switch never leaves half a page behind."""

import re
from pathlib import Path

import pytest

ACT = Path(__file__).parents[2]


@pytest.mark.parametrize("app", ["clues", "inspections"])
def test_every_message_is_translated_and_none_is_fuzzy(app):
    text = (ACT / app / "locale" / "en" / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8")
    assert "fuzzy" not in text
    assert 'msgstr ""\n\n' not in text
    assert not re.search(r'^msgstr(\[\d\])? ".*[\u4e00-\u9fff]', text, re.MULTILINE)
