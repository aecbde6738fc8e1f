"""A code's token verifies with no network, and no byte of it can be changed."""

import os
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanjian.act.clues.tests.cast import NOW
from sanjian.act.inspections.rules.tokens import FORGED, verify_token
from sanjian.base.evidence import signing

KEY = signing.Ed25519PrivateKey.generate()
CLAIMS = {
    "use": "inspection_code",
    "code": "A" * 26,
    "from": NOW.isoformat(),
    "to": (NOW + timedelta(hours=8)).isoformat(),
    "object": "演示",
}
TOKEN = signing.sign(CLAIMS, KEY)


def test_an_issued_token_verifies_offline_inside_its_window(code):
    public = signing.signing_key().public_key()
    inside, after = verify_token(code.token, public, NOW), verify_token(code.token, public, NOW + timedelta(hours=9))
    assert (inside.is_genuine, inside.in_window) == (True, True)
    assert (after.is_genuine, after.in_window) == (True, False)
    assert inside.claims["certificates"] == ["沪A0001", "沪A0002"]
    assert "执法甲" not in str(inside.claims)


@given(st.integers(0, len(TOKEN) - 1), st.characters(min_codepoint=1, max_codepoint=0x2FF))
def test_any_changed_character_is_a_forgery(at, character):
    changed = TOKEN[:at] + character + TOKEN[at + 1 :]
    assert changed == TOKEN or verify_token(changed, KEY.public_key(), NOW) == FORGED


@given(st.text(max_size=60))
def test_any_text_at_all_is_a_forgery_and_never_an_error(text):
    assert verify_token(text, KEY.public_key(), NOW) == FORGED
    assert verify_token(f"SJ1.{text}.{text}", KEY.public_key(), NOW) == FORGED


def test_another_key_and_another_use_are_forgeries():
    assert verify_token(TOKEN, signing.Ed25519PrivateKey.generate().public_key(), NOW) == FORGED
    assert verify_token(signing.sign(CLAIMS | {"use": "x"}, KEY), KEY.public_key(), NOW) == FORGED


def test_the_key_is_made_once_and_readable_by_its_owner_only(tmp_path):
    first, second = signing.signing_key(tmp_path), signing.signing_key(tmp_path)
    assert first.private_bytes_raw() == second.private_bytes_raw()
    path = tmp_path / "keys" / "ed25519.pem"
    assert os.stat(path).st_mode & 0o777 == 0o600
    assert sorted(os.listdir(tmp_path / "keys")) == ["ed25519.pem"]


def test_a_broken_key_file_is_an_error_and_is_not_replaced(tmp_path):
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "ed25519.pem").write_text("nonsense")
    with pytest.raises(ValueError):
        signing.signing_key(tmp_path)
    assert (tmp_path / "keys" / "ed25519.pem").read_text() == "nonsense"
