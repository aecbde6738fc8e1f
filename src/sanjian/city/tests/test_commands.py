"""`sanjian city build` and `city score` at their edges: twice, another city, no city."""

import json
from pathlib import Path

import pytest

from sanjian.base.config import config
from sanjian.city.commands import build_city
from sanjian.city.score import commands as scoring


def _build(folder: Path, seed: int) -> None:
    build_city(scale=0.001, seed=seed, ago=0, folder=folder, is_loaded=False, as_json=True)


def test_the_same_city_twice_is_left_as_it_is_and_another_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _build(tmp_path / "city", 1)
    _build(tmp_path / "city", 1)
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first["hash"] == second["hash"]
    with pytest.raises(SystemExit):
        _build(tmp_path / "city", 2)
    assert "已有一座城市" in capsys.readouterr().err


def test_scoring_without_a_city_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SANJIAN_HOME", str(tmp_path))
    config.cache_clear()
    try:
        assert scoring.main(scale=0.01, seed=1, against=True, release=False, as_json=True) == 2
    finally:
        monkeypatch.undo()
        config.cache_clear()
    assert "sanjian city build" in capsys.readouterr().err
