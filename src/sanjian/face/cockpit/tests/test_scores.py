"""The page of scores: figures with their intervals, all that are kept, nothing yet."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client

from sanjian.base.config import config
from sanjian.base.identity.models import Role
from sanjian.base.registry.tests.cast import Cast
from sanjian.base.screening.scores import FOLDER, Cause, Rate, Row, Score, keep

MADE = datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SANJIAN_HOME", str(tmp_path))
    config.cache_clear()
    yield
    monkeypatch.undo()
    config.cache_clear()


def made(hits: int, at: datetime = MADE) -> Score:
    none = Rate(0, 0, None, None, None)
    causes = (Cause("dilution", "cheat", 4, 1, True), Cause("fog", "look-alike", 9, 2, False))
    recall, alarms = Rate(hits, 8, hits / 8, 0.1, 0.9), Rate(3, 1000.0, 3.0, 0.6, 8.8)
    row = Row("sources.frozen", "2", recall, none, alarms, (5.0, 60.0), None, 0, causes)
    city = {"scale": 0.02, "seed": 1}
    uncovered = (Cause("replay", "cheat", 2, 0, False), Cause("new_trick", "cheat", 1, 0, False))
    return Score("1.0", at, city, MADE, MADE, 185, 5920, False, (row,), row, uncovered, 7)


def page(cast: Cast, role: str = Role.SUPERVISOR, query: str = "") -> str:
    client = Client()
    client.force_login(cast.person[role])
    answer = client.get(f"/system/scores/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_nothing_yet_says_how_to_make_one(cast: Cast) -> None:
    assert "sanjian city score" in page(cast)


def test_a_score_is_shown_with_intervals_causes_and_what_nobody_covers(cast: Cast) -> None:
    keep(made(2), config().home)
    text = page(cast, Role.OPERATOR)
    for expected in (
        "25%",
        "10–90%",
        "3.00",
        "0.60–8.80",
        "稀释样气",
        "误指 2 / 9",
        "重放旧数据",
        "new_trick",
        "尚未判完",
    ):
        assert expected in text


def test_an_older_score_can_be_opened_and_a_broken_file_is_left_out(cast: Cast) -> None:
    keep(made(2), config().home)
    keep(made(4, MADE.replace(hour=9)), config().home)
    (config().home / FOLDER / "99990101-broken.json").write_text("{", encoding="utf-8")
    assert "50%" in page(cast)
    assert "25%" in page(cast, query="?of=2026-11-20T08:00:00%2B00:00")
