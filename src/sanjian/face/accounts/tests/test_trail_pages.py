"""The auditor reads who did what, who looked at whose file, and whether the chain still holds."""

import json

import pytest
from django.db import connection

from sanjian.base.identity import audit, chain, constraints
from sanjian.base.identity.models import AuditEntry
from sanjian.base.identity.tests.people import NOW, People

from .browsing import as_person


@pytest.fixture
def trail(people: People) -> None:
    audit.record("clue.judge", actor=people.officer, kind="clue", record_id="XS1", reason="=属实", at=NOW)
    audit.read("contact", 7, actor=people.officer, purpose="核对联系人", at=NOW)
    audit.record("clue.close", actor=None, kind="clue", record_id="XS2", at=NOW, details={"n": 1})


@pytest.mark.parametrize(
    ("query", "seqs"),
    [
        ("", [3, 2, 1]), ("who=执法", [2, 1]), ("who=enforcer", [2, 1]), ("act=clue", [3, 1]),
        ("act=clue.close", [3]), ("act=read", [2]), ("kind=contact&id=7", [2]), ("since=2026-11-24", []),
        ("until=2026-11-23", [3, 2, 1]), ("since=nonsense", [3, 2, 1]), ("before=2", [1]),
    ],
)  # fmt: skip
def test_the_address_narrows_the_trail(people: People, trail: None, query: str, seqs: list[int]) -> None:
    page = as_person(people.auditor).get(f"/audit/?{query}")
    assert [e.seq for e in page.context["rows"]] == seqs


def test_older_entries_follow_by_their_number(people: People) -> None:
    audit.record_many([audit.Act("test", "clue", n, None, NOW) for n in range(150)])
    page = as_person(people.auditor).get("/audit/")
    assert page.context["older"] == 51
    assert len(as_person(people.auditor).get("/audit/?before=51").context["rows"]) == 50


def test_what_is_exported_is_what_is_shown_and_never_a_formula(people: People, trail: None) -> None:
    response = as_person(people.auditor).get("/audit/export.csv?act=clue.judge")
    text = b"".join(response.streaming_content).decode()
    assert "'=属实" in text
    assert len(text.strip().splitlines()) == 2


def test_the_exported_chain_is_verified_by_a_stranger(people: People, trail: None) -> None:
    response = as_person(people.auditor).get("/audit/chain.jsonl")
    rows = [json.loads(line) for line in b"".join(response.streaming_content).decode().splitlines()]
    assert chain.verify(rows) == (3, None)
    rows[1]["reason"] = "另写"
    assert chain.verify(rows)[1] is not None


def test_verifying_says_that_it_holds_and_where_it_does_not(people: People, trail: None) -> None:
    client = as_person(people.auditor)
    assert "审计链完整：3 条" in client.post("/audit/verify/", follow=True).content.decode()
    with constraints.lifted(connection):
        AuditEntry.objects.filter(seq=2).update(reason="另写")
    assert "审计链在第 2 条断开" in client.post("/audit/verify/", follow=True).content.decode()


def test_the_trail_is_the_auditor_s_alone(people: People, trail: None) -> None:
    for person in (people.operator, people.security, people.officer):
        client = as_person(person)
        for path in ("/audit/", "/audit/export.csv", "/audit/chain.jsonl"):
            assert client.get(path).status_code == 404
        assert client.post("/audit/verify/").status_code == 404
