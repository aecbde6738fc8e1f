"""Where things lie and how they are set: environment variables `SANJIAN_*` over one TOML file over defaults that just
work.

    SANJIAN_HOME=/srv/sanjian          everything the platform writes
    SANJIAN_CONFIG=/etc/sanjian.toml   optional; same names, lower case, without the prefix
"""

import os
import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

PROJECT_ROOT = Path(__file__).resolve().parents[3]
"""The checkout, when sanjian runs from one: benches, front-end libraries and the demo data are found from here."""


@dataclass(frozen=True, slots=True)
class Config:
    """All settings of an installation. Ports of 0 let the system choose (tests)."""

    home: Path = PROJECT_ROOT / "var"
    database_url: str = ""
    secret_key: str = ""
    old_secret_keys: str = ""
    second_factor: str = ""
    oidc_issuer: str = ""
    oidc_authorization_endpoint: str = ""
    oidc_token_endpoint: str = ""
    oidc_jwks_endpoint: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    oidc_sign_algo: str = "RS256"
    oidc_scopes: str = "openid"
    oidc_claim: str = "sub"
    debug: bool = False
    allowed_hosts: str = "127.0.0.1,localhost,[::1]"
    public_url: str = "http://127.0.0.1:8000"
    web_host: str = "127.0.0.1"
    web_port: int = 8000
    gateway_host: str = "127.0.0.1"
    hj212_port: int = 9212
    flush_ms: int = 500
    frames_keep_days: int = 1095
    command_answer_s: int = 10
    command_resends: int = 3
    command_execution_s: int = 120
    recall: bool = True
    answer_clock: bool = True
    pull_networks: str = ""

    @property
    def lake_root(self) -> Path:
        """Folder of the lake's tables."""
        return self.home / "lake"

    @property
    def evidence_root(self) -> Path:
        """Folder of evidence files, by SHA-256."""
        return self.home / "evidence"


@cache
def config() -> Config:
    """The settings of this process, read once.

    Raises:
        ValueError: a setting is unknown in the TOML file or has the wrong type.
    """
    given: dict[str, Any] = {}
    path = os.environ.get("SANJIAN_CONFIG")
    if path:
        given = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    known = {f.name: f.type for f in fields(Config)}
    unknown = set(given) - set(known)
    if unknown:
        raise ValueError(f"{path}: 不认识的设置 {', '.join(sorted(unknown))}")
    for name in known:
        value = os.environ.get(f"SANJIAN_{name.upper()}")
        if value is not None:
            given[name] = value
    return Config(**{name: _typed(name, known[name], value) for name, value in given.items()})


def _typed(name: str, kind: Any, value: Any) -> Any:
    if kind is Path:
        return Path(value).expanduser()
    if kind is int:
        try:
            return int(value)
        except ValueError:
            raise ValueError(f"设置 {name} 应为整数，实际是 {value!r}") from None
    if kind is bool:
        return value if isinstance(value, bool) else str(value).lower() in {"1", "true", "yes", "on"}
    return str(value)
