"""通行密钥 (WebAuthn): registering one and logging in with it. Challenges live in the session and serve once.

The relying party is the host of `public_url`: a passkey made here answers to no other address, which is what makes it
proof against imitation pages.
"""

import json
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.utils.translation import gettext as _
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from sanjian.base.config import config

from . import audit, personal
from .models import Account, Passkey

MOST = 10
_REGISTER, _LOG_IN = "passkey_register", "passkey_log_in"


class PasskeyRefused(ValueError):
    """What the browser brought does not prove what it should; the message is for the person."""


def registration_options(account: Account, session: SessionBase) -> str:
    """What the browser needs to make a passkey, as JSON; the challenge stays in the session."""
    options = generate_registration_options(
        rp_id=_host(),
        rp_name="三监联动",
        user_id=bytes.fromhex(personal.digest(str(account.pk), "passkey owner")),
        user_name=account.username,
        user_display_name=account.display_name,
        exclude_credentials=_descriptors(account),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    session[_REGISTER] = bytes_to_base64url(options.challenge)
    return options_to_json(options)


def register(account: Account, session: SessionBase, answer: str, *, name: str, at: datetime) -> Passkey:
    """Keep a passkey that the browser made.

    Raises:
        PasskeyRefused: no challenge is open, the answer does not fit it, or the passkey is already known.
    """
    challenge = session.pop(_REGISTER, "")
    if not challenge:
        raise PasskeyRefused(_("这次添加已过期，请重新点“添加通行密钥”"))
    try:
        made = verify_registration_response(
            credential=_parsed(answer), expected_challenge=base64url_to_bytes(challenge), expected_rp_id=_host(),
            expected_origin=_origin(), require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise PasskeyRefused(_("浏览器交来的通行密钥没有通过核验，请重试或换一个设备")) from error
    credential_id = bytes_to_base64url(made.credential_id)
    with transaction.atomic():
        if Passkey.objects.filter(credential_id=credential_id).exists():
            raise PasskeyRefused(_("这个通行密钥已经登记过"))
        if Passkey.objects.filter(account=account).count() >= MOST:
            raise PasskeyRefused(_("最多登记 %(n)d 个通行密钥，请先移除不用的") % {"n": MOST})
        key = Passkey.objects.create(
            account=account, name=name.strip()[:60] or _("通行密钥"), credential_id=credential_id,
            public_key=bytes_to_base64url(made.credential_public_key), sign_count=made.sign_count, made_at=at,
        )  # fmt: skip
        audit.record("factor.add", actor=account, kind="account", record_id=account.pk, reason="通行密钥", at=at)
    return key


def log_in_options(account: Account | None, session: SessionBase) -> str:
    """What the browser needs to use a passkey, as JSON. Without an account any passkey of this site will do."""
    options = generate_authentication_options(
        rp_id=_host(),
        allow_credentials=_descriptors(account) if account else None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    session[_LOG_IN] = bytes_to_base64url(options.challenge)
    return options_to_json(options)


def check(session: SessionBase, answer: str, *, account: Account | None, at: datetime) -> Account:
    """Whose passkey answered the challenge.

    Args:
        account: the person expected (second factor, proving oneself again); None when the passkey says who it is.

    Raises:
        PasskeyRefused: unknown passkey, another person's, wrong signature, or a counter that went back (a copied key).
    """
    challenge = session.pop(_LOG_IN, "")
    credential = _parsed(answer)
    key = Passkey.objects.select_related("account").filter(credential_id=str(credential.get("id", ""))).first()
    if not challenge or key is None or (account is not None and key.account_id != account.pk):
        raise PasskeyRefused(_("这个通行密钥不属于可登录的账号，或操作已过期，请重试"))
    try:
        proof = verify_authentication_response(
            credential=credential, expected_challenge=base64url_to_bytes(challenge), expected_rp_id=_host(),
            expected_origin=_origin(), credential_public_key=base64url_to_bytes(key.public_key),
            credential_current_sign_count=key.sign_count, require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise PasskeyRefused(_("通行密钥没有通过核验，请重试")) from error
    # Two answers at once with one counter value: the first moves it, the second finds it moved.
    same = Passkey.objects.filter(pk=key.pk, sign_count=key.sign_count)
    if not same.update(sign_count=proof.new_sign_count, last_used_at=at):
        raise PasskeyRefused(_("通行密钥没有通过核验，请重试"))
    return key.account


def remove(account: Account, pk: int, at: datetime) -> bool:
    """The person takes one of their passkeys away."""
    with transaction.atomic():
        if not Passkey.objects.filter(account=account, pk=pk).delete()[0]:
            return False
        audit.record("factor.remove", actor=account, kind="account", record_id=account.pk, reason="通行密钥", at=at)
    return True


def _parsed(answer: str) -> dict[str, Any]:
    try:
        value = json.loads(answer)
    except ValueError:
        value = None
    return value if isinstance(value, dict) else {}


def _descriptors(account: Account) -> list[PublicKeyCredentialDescriptor]:
    ids = Passkey.objects.filter(account=account).values_list("credential_id", flat=True)
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(i)) for i in ids]


def _host() -> str:
    return urlsplit(config().public_url).hostname or "localhost"


def _origin() -> str:
    parts = urlsplit(config().public_url)
    return f"{parts.scheme}://{parts.netloc}"
