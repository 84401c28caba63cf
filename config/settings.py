"""All settings in one file: the environment is read at the top, with a clear word when something is wrong."""

import os
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from mingbai.core.crypto import load_key
from mingbai.core.keyfile import key_path, watched

BASE_DIR = Path(__file__).resolve().parent.parent


def _env(name: str, default: str = "") -> str:
    """The variable, or the content of the file that NAME_FILE names (secrets of a container)."""
    file = os.environ.get(f"{name}_FILE")
    return Path(file).read_text().strip() if file else os.environ.get(name, default)


def _list(name: str, default: str) -> list[str]:
    return [part.strip() for part in _env(name, default).split(",") if part.strip()]


MINGBAI_DATA = Path(_env("MINGBAI_DATA", str(BASE_DIR / "var"))).resolve()
MINGBAI_DATA.mkdir(mode=0o700, parents=True, exist_ok=True)
PORT = int(_env("PORT", "8000"))
HOST = _env("HOST", "127.0.0.1")
LIVE_PORT = int(_env("LIVE_PORT", str(PORT + 1)))
LIVE_URL = _env("LIVE_URL", "")  # empty: the stream answers on LIVE_PORT of the page's own host
METRICS_TOKEN = _env("METRICS_TOKEN")  # /metrics from other machines; this one needs no token
TLS_CERTIFICATE = _env("TLS_CERTIFICATE")  # the proxy's certificate (PEM): the doctor looks when it ends
PUBLIC_URL = _env("PUBLIC_URL", f"http://127.0.0.1:{PORT}").rstrip("/")  # how links in messages begin
DEBUG = _env("DEBUG") == "1"
BEHIND_TLS = _env("BEHIND_TLS") == "1"

# Only `migrate` (and the commands that call it) may make a key, and only where there is no data yet.
_MAKES_KEY = len(sys.argv) > 1 and sys.argv[1] in {"migrate", "demo", "found_city"}
MINGBAI_KEY = load_key(MINGBAI_DATA, os.environ, make=_MAKES_KEY)
MINGBAI_KEY_PATH = key_path(MINGBAI_DATA, os.environ)
SECRET_KEY = MINGBAI_KEY.hex()
# While the master key is exchanged, what was signed before is still believed.
SECRET_KEY_FALLBACKS = [
    one.hex() for one in (watched(MINGBAI_KEY_PATH, MINGBAI_KEY).reading if MINGBAI_KEY_PATH else ())
]
MINGBAI_CRYPTO = _env("MINGBAI_CRYPTO", "mingbai.core.crypto.Keyring")

ALLOWED_HOSTS = _list("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = _list("CSRF_TRUSTED_ORIGINS", "")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "mingbai.journal",
    "mingbai.places",
    "mingbai.people",
    "mingbai.notices",
    "mingbai.knowledge",
    "mingbai.papers",
    "mingbai.subsidies",
    "mingbai.filings",
    "mingbai.cases",
    "mingbai.visits",
    "mingbai.legalaid",
    "mingbai.mediation",
    "mingbai.hotline",
    "mingbai.servicedays",
    "mingbai.figures",
    "mingbai.oversight",
    "mingbai.integrations.apps.IntegrationsConfig",
    "mingbai.upkeep",
    "mingbai.web.apps.WebConfig",
]

MIDDLEWARE = [
    "mingbai.web.headers.security_headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mingbai.web.health.HealthMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "mingbai.web.access.SessionGuard",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mingbai.web.context.house",
            ],
        },
    }
]


def _sqlite() -> dict[str, object]:
    """WAL with a full sync per commit: a number is given only after the record is durable."""
    return {
        "ENGINE": "mingbai.core.sqlite",
        "NAME": MINGBAI_DATA / "mingbai.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            " PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY;",
        },
    }


def _postgresql(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(parts.port or query.get("port", "")),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,  # a session that a new primary cut is not handed out again
        # A pooler before the database gives every transaction another session (ops/patroni).
        "DISABLE_SERVER_SIDE_CURSORS": query.get("pooler") == "transaction",
        "OPTIONS": {
            "connect_timeout": 5,
            # Compiling a statement of many parts takes longer than to answer it. Disks of today find a row as
            # fast as the next one: else whole tables are read where an index leads to a few.
            "options": "-c jit=off -c random_page_cost=1.1",
            "pool": {"min_size": 1, "max_size": int(_env("DATABASE_POOL", "8")), "timeout": 20},
        },
    }


def _replica(url: str) -> dict[str, object]:
    """A standby for figures that may be some seconds old; who waits for it longer asks the primary."""
    found = _postgresql(url)
    found["OPTIONS"] = {"connect_timeout": 2, "pool": {"min_size": 0, "max_size": 4, "timeout": 3}}
    return found | {"TEST": {"MIRROR": "default"}}


def _database(url: str) -> dict[str, object]:
    if not url or url.startswith("sqlite"):
        return _sqlite()
    if url.startswith(("postgres://", "postgresql://")):
        return _postgresql(url)
    raise ImproperlyConfigured(f"DATABASE_URL 只支持 postgresql:// 或 sqlite（现为 {url.split(':', 1)[0]}）")


DATABASES = {"default": _database(_env("DATABASE_URL"))}
if _env("DATABASE_REPLICA_URL"):
    DATABASES["replica"] = _replica(_env("DATABASE_REPLICA_URL"))
DATABASE_ROUTERS = ["mingbai.core.replica.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# One process-wide cache: only for what may be lost and differ between processes.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["mingbai.web.accounts.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_IDLE_LOCK = 15 * 60  # seconds until a desk session asks for the PIN

ACCOUNT_ADAPTER = "mingbai.web.accounts.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "mingbai.web.accounts.SocialAccountAdapter"
MFA_ADAPTER = "mingbai.web.accounts.MFAAdapter"
ACCOUNT_FORMS = {
    "login": "mingbai.web.auth.account_forms.LoginForm",
    "reauthenticate": "mingbai.web.auth.account_forms.ReauthenticateForm",
    "change_password": "mingbai.web.auth.account_forms.ChangePasswordForm",
    "set_password": "mingbai.web.auth.account_forms.SetPasswordForm",
}
MFA_FORMS = {
    "authenticate": "mingbai.web.auth.account_forms.CodeForm",
    "reauthenticate": "mingbai.web.auth.account_forms.CodeAgainForm",
    "activate_totp": "mingbai.web.auth.account_forms.ActivateTOTPForm",
    "add_webauthn": "mingbai.web.auth.account_forms.AddWebAuthnForm",
    "edit_webauthn": "mingbai.web.auth.account_forms.EditWebAuthnForm",
}
# Behind a proxy every visitor has the proxy's address: without this one attacker locks out the whole city.
ALLAUTH_TRUSTED_PROXY_COUNT = int(_env("TRUSTED_PROXIES", "1" if BEHIND_TLS else "0"))
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the users' administrator enters people; nothing is confirmed by mail
CSRF_FAILURE_VIEW = "mingbai.web.auth.views.csrf_failure"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# Per process, against floods only; the lock after five wrong tries is a table (people.Brake).
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": "60/10m/ip",
    "change_password": "60/m/user",
    "reauthenticate": "60/m/user",
}
SOCIALACCOUNT_ONLY = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not BEHIND_TLS
MFA_TOTP_ISSUER = "Mingbai"
MFA_TOTP_TOLERANCE = 1  # a phone whose clock is half a minute off still signs in
SOCIALACCOUNT_PROVIDERS = (
    {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "city",
                    "name": _env("OIDC_NAME", "政务统一认证"),
                    "client_id": _env("OIDC_CLIENT_ID"),
                    "secret": _env("OIDC_SECRET"),
                    "settings": {"server_url": _env("OIDC_URL")},
                }
            ]
        }
    }
    if _env("OIDC_URL")
    else {}
)

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = MINGBAI_DATA / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

BACKUP_DIR = Path(_env("BACKUP_DIR")) if _env("BACKUP_DIR") else None  # the worker's nightly backups

FILES_DIR = MINGBAI_DATA / "files"
FILE_UPLOAD_TEMP_DIR = None
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
ATTACHMENT_MAX_BYTES = 20 * 1024 * 1024
ATTACHMENTS_PER_CASE = 30

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_HSTS_SECONDS = 31536000 if BEHIND_TLS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_TIMEOUT = 20  # a gateway that hangs must not hold the worker
EMAIL_HOST = _env("EMAIL_HOST", "")
EMAIL_PORT = int(_env("EMAIL_PORT", "25"))
EMAIL_HOST_USER = _env("EMAIL_USER")
EMAIL_HOST_PASSWORD = _env("EMAIL_PASSWORD")
DEFAULT_FROM_EMAIL = _env("EMAIL_FROM", "mingbai@localhost")

# How notices leave the house: code → dotted path of a function (notice) -> None. Edges plug in here.
NOTICE_TRANSPORTS = {
    "console": "mingbai.notices.transports.console",
    "email": "mingbai.notices.transports.email",
    "sms": "mingbai.integrations.sms.client.send",
    "wecom": "mingbai.integrations.wecom.client.send",
    "wechat": "mingbai.integrations.wechat.client.send",
    "resident": "mingbai.integrations.wechat.client.resident",  # WeChat where the phone is bound, else sms
}
EDGES_ON_LOOPBACK = (
    _env("EDGES_ON_LOOPBACK") == "1"
)  # plain http to this machine: for the fakes of tests and trials
WECHAT_TOKEN, WECHAT_AES_KEY = _env("WECHAT_TOKEN"), _env("WECHAT_AES_KEY")  # of the official account
WECHAT_APP_ID, WECHAT_SECRET = _env("WECHAT_APP_ID"), _env("WECHAT_SECRET")
WECHAT_TEMPLATE_ID = _env("WECHAT_TEMPLATE_ID")  # what may be sent after 48 hours
WECHAT_API = _env("WECHAT_API", "https://api.weixin.qq.com")
SMS_URL, SMS_KEY = _env("SMS_URL"), _env("SMS_KEY")  # the city's text message gateway
SMS_SIGN = _env("SMS_SIGN", "公共法律服务")  # 签名: stands before every text message
NOTICE_RESIDENT_TRANSPORT = _env("NOTICE_RESIDENT_TRANSPORT", "console")
NOTICE_CODE_TRANSPORT = "sms" if SMS_URL else "console"  # one-time codes go to a phone and nowhere else
NOTICE_STAFF_TRANSPORT = _env("NOTICE_STAFF_TRANSPORT", "console")

CITY_CODE = _env("CITY_CODE", "210400000000")
CITY_HOTLINE = "12348"
# Tours of home visits where no roads are known: "day factor km/h", the newest row that has begun counts. The
# factor makes a way of a straight line: 1.324 on average in 25 Chinese cities, more on short ways
# (Annals of GIS, 2021, doi 10.1080/19475683.2021.1966503); the speed is the office's own.
TOUR_PACES = _env("TOUR_PACES", "2026-01-01 1.324 25")
TOUR_STAY_MINUTES = int(_env("TOUR_STAY_MINUTES", "30"))  # at one home, where the time promised is longer
HOTLINE_RECORDINGS_KEPT_DAYS = int(_env("HOTLINE_RECORDINGS_KEPT_DAYS", "730"))

# The telephone exchange (ops/asterisk/README.md); without PBX_URL everything but the softphone works.
PBX_URL = _env("PBX_URL")
PBX_PASSWORD = _env("PBX_PASSWORD")
PBX_WS_URL = _env("PBX_WS_URL")  # empty: /pbx/ws of the page's own host, behind the TLS proxy
PBX_SEATS = int(_env("PBX_SEATS", "8"))
PBX_PHONES = int(_env("PBX_PHONES", "0"))
# the exchange's folder sounds/mingbai; empty: announcements are put there by hand
PBX_SOUNDS = _env("PBX_SOUNDS")
PBX_CDR = _env("PBX_CDR")  # its cdr-csv/Master.csv: calls that came while the hotline process was down
CASES_KEPT_YEARS = int(_env("CASES_KEPT_YEARS", "10"))  # full years after closing; the archive office decides

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": _env("LOG_LEVEL", "WARNING")},
}
