"""Parameters go into a manifest as plain values and come back the same; overrides are checked."""

# ruff: noqa: RUF009 -- `setting` makes a dataclass field

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanjian.base.screening.parameters import BadParameter, plain, restored, setting


@dataclass(frozen=True, slots=True)
class Rule:
    code: str
    media: tuple[str, ...] = ()
    valid_from: date | None = None


HOUR = timedelta(hours=1)
LAWS = (Rule("a", valid_from=date(2026, 1, 1)), Rule("b", ("gas",)))


@dataclass(frozen=True, slots=True)
class Settings:
    ratio: float = setting(1.5, "比值")
    hours: int = setting(3, "小时", "h")
    is_strict: bool = setting(True, "严格")
    flags: tuple[str, ...] = setting(("N",), "标记")
    steps: tuple[float, ...] = setting((1.0, 2.0), "档")
    span: timedelta = setting(HOUR, "时长", "s")
    since: date | None = setting(None, "自")
    rules: tuple[Rule, ...] = setting(LAWS, "依据")


@given(
    st.builds(
        Settings,
        ratio=st.floats(allow_nan=False, allow_infinity=False),
        hours=st.integers(-(2**31), 2**31),
        is_strict=st.booleans(),
        flags=st.lists(st.text("ABC", min_size=1)).map(tuple),
        steps=st.lists(st.floats(-1e9, 1e9)).map(tuple),
        span=st.timedeltas(timedelta(0), timedelta(days=99)),
        since=st.none() | st.dates(),
        rules=st.lists(
            st.builds(Rule, st.text(), st.lists(st.text("ab", min_size=1)).map(tuple), st.none() | st.dates())
        ).map(tuple),
    )
)
def test_any_parameters_survive_the_manifest(settings):
    import json

    assert restored(Settings(), json.loads(json.dumps(plain(settings)))) == settings


def test_text_from_the_command_line_is_understood():
    given_text = {
        "ratio": "2",
        "hours": "4",
        "is_strict": "否",
        "flags": "N, 3",
        "steps": "1,2.5",
        "since": "2026-08-15",
    }
    made = restored(Settings(), given_text)
    assert (made.ratio, made.hours, made.is_strict, made.flags, made.steps) == (2.0, 4, False, ("N", "3"), (1.0, 2.5))
    assert made.since == date(2026, 8, 15)
    assert made.span == timedelta(hours=1), "what is not given keeps its default"


@pytest.mark.parametrize(
    "bad",
    [{"hours": "2.5"}, {"ratio": "high"}, {"is_strict": "maybe"}, {"since": "soon"}, {"rules": "x"}, {"flags": [1]}],
)
def test_a_value_that_does_not_fit_is_refused_with_an_example(bad):
    with pytest.raises(BadParameter, match="应形如"):
        restored(Settings(), bad)
