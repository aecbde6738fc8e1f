"""Every sentence about accounts has an English one, and the pages open in it."""

import re
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import gettext

from sanjian.base.identity.models import AccountSession, Role
from sanjian.base.identity.tests.people import People

from .browsing import as_person

APP = Path(__file__).parents[1]
IDENTITY = APP.parents[1] / "base" / "identity"
LOG_IN = APP.parent / "site" / "templates" / "registration"
_SAID = r"""(?:translate |\b_\(|gettext_noop\(|gettext_lazy\()["']([^"'\n]+)["']"""


def sentences() -> list[str]:
    """What is said in Chinese by the pages, their templates and the services behind them."""
    files = [*APP.glob("*.py"), *IDENTITY.glob("*.py"), *APP.glob("templates/**/*.html"), *LOG_IN.glob("*.html")]
    said = [text for file in files for text in re.findall(_SAID, file.read_text(encoding="utf-8"))]
    labels = [*Role.labels, *AccountSession.How.labels]
    return [text for text in (*said, *labels) if re.search(r"[\u4e00-\u9fff]", text)]


def test_every_sentence_has_an_english_one() -> None:
    said = sentences()
    assert len(said) > 180
    with translation.override("en"):
        assert [text for text in said if re.search(r"[\u4e00-\u9fff]", gettext(text))] == []


@pytest.mark.parametrize("path", ["/account/", "/account/password/", "/account/confirm/", "/account/authenticator/"])
def test_ones_own_pages_open_in_english(people: People, path: str) -> None:
    assert not chinese(as_person(people.officer), path, people)


@pytest.mark.parametrize("path", ["/accounts/", "/accounts/lock-outs/", "/audit/", "/audit/?act=nothing"])
def test_administration_opens_in_english(people: People, path: str) -> None:
    assert not chinese(as_person(people.auditor), path, people)


def chinese(client, path: str, people: People) -> list[str]:
    """Chinese words of a page's content that are nobody's name."""
    client.cookies["django_language"] = "en"
    page = client.get(path)
    assert page.status_code == 200
    content = page.content.decode().partition("<main")[2].partition("</main>")[0]
    text = re.sub(r"<[^>]+>", " ", content)
    names = {a.display_name for a in (people.operator, people.security, people.auditor, people.officer)}
    names |= {d.name for d in (people.city, people.here, people.there)} | {"中文"}  # a language is named in itself
    return [word for word in re.findall(r"[\u4e00-\u9fff]+", text) if word not in names]
