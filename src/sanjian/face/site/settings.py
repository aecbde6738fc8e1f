"""Django settings, from `sanjian.base.config`. SQLite in WAL mode unless a database URL is set."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF

from sanjian.base.config import PROJECT_ROOT, config

_config = config()
BASE_DIR = Path(__file__).resolve().parents[2]
DEBUG = _config.debug


def _secret_key() -> str:
    """The configured key, or one made at first start and kept in the home folder, readable by the owner only."""
    if _config.secret_key:
        return _config.secret_key
    path = _config.home / "secret_key"
    if not path.exists():
        import secrets

        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"secret_key.{secrets.token_hex(4)}")
        part.touch(mode=0o600)
        part.write_text(secrets.token_urlsafe(50))
        try:
            path.hardlink_to(part)  # the first process wins, every other one reads what it made
        except FileExistsError:
            pass
        finally:
            part.unlink()
    return path.read_text().strip()


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = [k.strip() for k in _config.old_secret_keys.split(",") if k.strip()]
ALLOWED_HOSTS = [h.strip() for h in _config.allowed_hosts.split(",") if h.strip()]
CSRF_TRUSTED_ORIGINS = [_config.public_url]
_https = _config.public_url.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_AGE = 30 * 60
SESSION_SAVE_EVERY_REQUEST = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "template_partials",
    "sanjian.base.identity",
    "sanjian.base.registry",
    "sanjian.base.sensing",
    "sanjian.base.screening",
    "sanjian.base.evidence",
    "sanjian.base.live",
    "sanjian.watch.sources",
    "sanjian.act.clues",
    "sanjian.act.inspections",
    "sanjian.face.site",
    "sanjian.face.cockpit",
    "sanjian.face.accounts",
    "sanjian.face.registers.objects",
    "sanjian.face.registers.updates",
    "sanjian.face.registers.people",
    "sanjian.face.registers.equipment",
    "sanjian.face.registers.items",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "sanjian.face.site.language.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "sanjian.face.accounts.gatekeeper.Gatekeeper",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

# No inline script, no eval, nothing from other hosts; MapLibre builds its worker from a blob.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF, "'unsafe-inline'"],  # ECharts and MapLibre set style attributes
        "img-src": [SELF, "data:", "blob:"],
        "worker-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

ROOT_URLCONF = "sanjian.face.site.urls"
ASGI_APPLICATION = "sanjian.face.site.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sanjian.face.site.context.frame",
            ],
        },
    }
]


def _database(url: str) -> dict[str, object]:
    """SQLite beside the lake, or PostgreSQL by one URL: postgresql://user:password@host:port/name."""
    if not url:
        _config.home.mkdir(parents=True, exist_ok=True)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": _config.home / "sanjian.sqlite3",
            "OPTIONS": {
                # Writers queue up instead of failing half way: take the write lock at the start of a transaction.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;",
            },
            "TEST": {"NAME": None},
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError(f"不支持的数据库地址：{parts.scheme}://，可用 postgresql://")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 60,
    }


DATABASES = {"default": _database(_config.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "identity.Account"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "today"
LOGOUT_REDIRECT_URL = "login"
CSRF_FAILURE_VIEW = "sanjian.face.site.problems.stale_form"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
OIDC_OP_ISSUER = _config.oidc_issuer
OIDC_OP_AUTHORIZATION_ENDPOINT = _config.oidc_authorization_endpoint
OIDC_OP_TOKEN_ENDPOINT = _config.oidc_token_endpoint
OIDC_OP_JWKS_ENDPOINT = _config.oidc_jwks_endpoint
OIDC_OP_USER_ENDPOINT = ""  # what the signed ID token says is enough
OIDC_RP_CLIENT_ID = _config.oidc_client_id
OIDC_RP_CLIENT_SECRET = _config.oidc_client_secret
OIDC_RP_SIGN_ALGO = _config.oidc_sign_algo
OIDC_RP_SCOPES = _config.oidc_scopes
OIDC_SUBJECT_CLAIM = _config.oidc_claim
OIDC_CREATE_USER = False
OIDC_USE_PKCE = True
OIDC_TIMEOUT = 10
if OIDC_RP_CLIENT_ID:
    AUTHENTICATION_BACKENDS.append("sanjian.face.accounts.sso.CityBackend")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "sanjian.base.identity.passwords.NotUsedBefore"},
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "face" / "site" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "static/"
STATIC_ROOT = _config.home / "static"
_node = PROJECT_ROOT / "node_modules"
STATICFILES_DIRS = [
    (f"vendor/{name}", _node / path)
    for name, path in (("htmx", "htmx.org/dist"), ("echarts", "echarts/dist"), ("maplibre", "maplibre-gl/dist"))
    if (_node / path).is_dir()
]

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
SILENCED_SYSTEM_CHECKS = (
    [] if _https else ["security.W004", "security.W008", "security.W012", "security.W016"]
)  # plain http on loopback: HSTS, redirect and secure cookies begin with an https public_url
LOGGING_CONFIG = None
