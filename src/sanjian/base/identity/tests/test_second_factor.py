"""Authenticator codes and recovery codes: right ones pass once, everything else never."""

from datetime import timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanjian.base.config import config
from sanjian.base.identity import second_factor
from sanjian.base.identity.models import Account, OneTimeSecret, RecoveryCode, Role

from .people import NOW, People

STEP = timedelta(seconds=second_factor.STEP_S)


@pytest.fixture
def app(people: People) -> pyotp.TOTP:
    """The officer's app, confirmed an hour ago."""
    row = second_factor.offer_secret(people.officer, NOW)
    totp = pyotp.TOTP(row.secret)
    assert second_factor.confirm_secret(people.officer, totp.at(NOW - timedelta(hours=1)), NOW - timedelta(hours=1))
    return totp


def test_a_secret_counts_only_when_confirmed(people: People) -> None:
    row = second_factor.offer_secret(people.officer, NOW)
    assert not second_factor.has_factor(people.officer)
    assert not second_factor.check_code(people.officer, pyotp.TOTP(row.secret).at(NOW), NOW)
    assert not second_factor.confirm_secret(people.officer, "000000", NOW)
    assert second_factor.confirm_secret(people.officer, pyotp.TOTP(row.secret).at(NOW), NOW)
    assert second_factor.has_factor(people.officer)
    assert "otpauth://totp/" in second_factor.address(OneTimeSecret.objects.get())


def test_a_code_is_used_up(app: pyotp.TOTP, people: People) -> None:
    code = app.at(NOW)
    assert second_factor.check_code(people.officer, f"{code[:3]} {code[3:]}", NOW)
    assert not second_factor.check_code(people.officer, code, NOW)
    assert not second_factor.check_code(people.officer, app.at(NOW - STEP), NOW)
    assert second_factor.check_code(people.officer, app.at(NOW + STEP), NOW + STEP)


@pytest.mark.parametrize(("steps", "passes"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_phone_s_clock_may_be_one_step_off(app: pyotp.TOTP, people: People, steps: int, passes: bool) -> None:
    assert second_factor.check_code(people.officer, app.at(NOW + steps * STEP), NOW) is passes


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "٣٣٣٣٣٣"])
def test_what_is_no_code_is_refused(app: pyotp.TOTP, people: People, code: str) -> None:
    assert not second_factor.check_code(people.officer, code, NOW)


def test_a_recovery_code_opens_once_and_only_its_own_account(people: People) -> None:
    codes = second_factor.new_recovery_codes(people.officer, NOW)
    assert len(set(codes)) == second_factor.RECOVERY_CODES
    assert not second_factor.use_recovery_code(people.auditor, codes[0], NOW)
    assert second_factor.use_recovery_code(people.officer, codes[0].upper().replace("-", " "), NOW)
    assert not second_factor.use_recovery_code(people.officer, codes[0], NOW)
    assert second_factor.remaining_codes(people.officer) == second_factor.RECOVERY_CODES - 1
    assert not RecoveryCode.objects.filter(digest__contains=codes[1]).exists()
    second_factor.new_recovery_codes(people.officer, NOW)
    assert not second_factor.use_recovery_code(people.officer, codes[1], NOW)


@given(role=st.sampled_from(Role.values))
def test_the_three_administrators_must_and_the_others_may(role: str) -> None:
    expected = "required" if role in {"operator", "security", "auditor"} else "offered"
    assert second_factor.policy(Account(role=role)) == expected


@pytest.mark.parametrize("said", ["required", "offered", "off"])
def test_one_setting_says_it_for_everybody(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANJIAN_SECOND_FACTOR", said)
    config.cache_clear()
    try:
        assert {second_factor.policy(Account(role=r)) for r in Role.values} == {said}
    finally:
        monkeypatch.undo()
        config.cache_clear()


def test_removing_the_app_and_forgetting_everything(app: pyotp.TOTP, people: People) -> None:
    second_factor.new_recovery_codes(people.officer, NOW)
    assert second_factor.remove_secret(people.officer, NOW)
    assert not second_factor.remove_secret(people.officer, NOW)
    assert second_factor.forget_all(people.officer) == second_factor.RECOVERY_CODES
