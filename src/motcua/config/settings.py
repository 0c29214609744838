"""Every setting, read from the environment. Names start with MOTCUA_, besides DATABASE_URL and PORT."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import dj_database_url


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def flag(name: str, *, default: bool) -> bool:
    return env(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


BASE = Path(env("MOTCUA_HOME") or Path(__file__).resolve().parents[3])
VAR = Path(env("MOTCUA_VAR") or BASE / "var")

DEBUG = flag("MOTCUA_DEBUG", default=False)
DEMO = flag("MOTCUA_DEMO", default=False)

SIMULATORS = DEMO and flag(
    "MOTCUA_SIMULATORS", default=True
)  # stand-ins of outside systems: never with real people

# Three keys with three uses; in a demo they are derived from a constant, elsewhere they must be given.
SECRET_KEY = env(
    "MOTCUA_SECRET_KEY", "demo-only-secret-key-never-for-a-real-province-0123456789" if DEMO else ""
)
FIELD_KEY = env(
    "MOTCUA_FIELD_KEY", "demo-only-field-key" if DEMO else ""
)  # encrypts personal numbers at rest
LEDGER_KEY = env("MOTCUA_LEDGER_KEY", "demo-only-ledger-key" if DEMO else "")  # signs the chain of the ledger

ALLOWED_HOSTS = env("MOTCUA_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in env("MOTCUA_ORIGINS").split(",") if origin]
PLACE = env("MOTCUA_PLACE")  # whose site this is, as the bar of every page says it
SITE_URL = env("MOTCUA_SITE_URL", f"http://localhost:{env('PORT', '8000')}")
SELF_URL = env("MOTCUA_SELF_URL", f"http://127.0.0.1:{env('PORT', '8000')}")  # how this server calls itself
NATIONAL_PAPERS_URL = env(  # the national store of papers; "" when it is not connected
    "MOTCUA_NATIONAL_PAPERS_URL", f"{SELF_URL}/mo-phong/kho-quoc-gia" if SIMULATORS else ""
)
if SIMULATORS and "127.0.0.1" not in ALLOWED_HOSTS:
    ALLOWED_HOSTS.append("127.0.0.1")
WEB_THREADS = max(
    2 if SIMULATORS else 1, int(env("MOTCUA_WEB_THREADS", "4"))
)  # a simulator answers on a second one

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "motcua.foundation.ledger",
    "motcua.foundation.numbering",
    "motcua.foundation.calendars",
    "motcua.foundation.org",
    "motcua.foundation.identity",
    "motcua.foundation.documents",
    "motcua.foundation.citizens",
    "motcua.foundation.signing",
    "motcua.foundation.notices",
    "motcua.service.procedures",
    "motcua.service.workflows",
    "motcua.service.forms",
    "motcua.service.dossiers",
    "motcua.service.linking",
    "motcua.service.holdings",
    "motcua.service.filing",
    "motcua.service.paperwork",
    "motcua.service.payments",
    "motcua.service.postal",
    "motcua.integrations.payment_platform",
    "motcua.integrations.remote_signing",
    "motcua.service.queueing",
    "motcua.service.results",
    "motcua.oversight.integrity",
    "motcua.integrations.sign_in",
    "motcua.integrations.vnpost",
    "motcua.integrations.viettel_post",
    "motcua.web.ui",
    "motcua.web.accounts",
    "motcua.web.counter",
    "motcua.web.desk",
    "motcua.web.portal",
    "motcua.web.board",
    "motcua.web.admin",
    "motcua.config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pages too; its padding hides what a page's length would tell (BREACH)
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "motcua.foundation.citizens.middleware.CitizenMiddleware",
    "motcua.web.portal.kiosk.KioskMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "motcua.web.ui.policy.PolicyMiddleware",
]

ROOT_URLCONF = "motcua.config.urls"
WSGI_APPLICATION = "motcua.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [],
        "APP_DIRS": True,  # web/<audience>/jinja2/<audience>/…
        "OPTIONS": {
            "environment": "motcua.web.ui.environment.environment",
            "context_processors": [
                "django.contrib.messages.context_processors.messages",
                "motcua.web.ui.environment.page_context",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.Jinja2"

DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(
        env("DATABASE_URL", "postgres:///motcua"),
        engine="motcua.config.postgresql",
        conn_max_age=None,
        conn_health_checks=True,
    ),
}
DATABASES["default"].setdefault("OPTIONS", {}).update(
    {
        "server_side_binding": True,
        "prepare_threshold": 5,
        "application_name": "motcua",
        "options": "-c statement_timeout=60000 -c jit=off",  # compiling a small question costs more than asking it
    }
)
if env("MOTCUA_TEST_DB"):
    DATABASES["default"]["TEST"] = {"NAME": env("MOTCUA_TEST_DB")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "motcua.foundation.identity.backends.StaffBackend",
]
PASSWORD_HASHERS = [
    "motcua.foundation.identity.hashing.PublicPasswordHasher"
    if DEMO
    else "django.contrib.auth.hashers.Argon2PasswordHasher"
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
SESSION_ENGINE = "motcua.foundation.identity.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = flag("MOTCUA_HTTPS", default=False)
CITIZEN_SESSION_HOURS = float(env("MOTCUA_CITIZEN_SESSION_HOURS", "8"))  # at the longest
CITIZEN_IDLE_MINUTES = float(env("MOTCUA_CITIZEN_IDLE_MINUTES", "30"))  # without a page
BEHIND_PROXY = flag("MOTCUA_BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # a paper is previewed in a frame of our own page
CSRF_FAILURE_VIEW = "motcua.web.ui.errors.old_page"
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "accounts:home"

AXES_FAILURE_LIMIT = int(env("MOTCUA_LOCKOUT_TRIES", "5"))
AXES_COOLOFF_TIME = float(env("MOTCUA_LOCKOUT_HOURS", "0.25"))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "motcua.web.accounts.views.locked_out"
AXES_CLIENT_IP_CALLABLE = "motcua.web.ui.network.client_ip"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
SILENCED_SYSTEM_CHECKS = ["axes.W002", "axes.W003"]
OTP_TOTP_ISSUER = "Một cửa"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "font-src": ["'self'"],
        "frame-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'self'"],
    }
}

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [BASE / "locale"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
# A file is stored under its SHA-256. Disk by default; MOTCUA_S3_BUCKET switches to any S3-compatible store.
MEDIA_ROOT = VAR / "files"
S3_BUCKET = env("MOTCUA_S3_BUCKET")
STORAGES: dict[str, dict[str, Any]] = {
    "default": (
        {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": S3_BUCKET,
                "endpoint_url": env("MOTCUA_S3_ENDPOINT") or None,
                "access_key": env("MOTCUA_S3_KEY") or None,
                "secret_key": env("MOTCUA_S3_SECRET") or None,
                "region_name": env("MOTCUA_S3_REGION") or None,
                "file_overwrite": True,
                "default_acl": None,
                "querystring_auth": True,
            },
        }
        if S3_BUCKET
        else {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(MEDIA_ROOT)},
        }
    ),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
UPLOAD_LIMIT = int(env("MOTCUA_UPLOAD_LIMIT_MB", "50")) * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
CLAMAV = env(
    "MOTCUA_CLAMAV"
)  # "host:port" or the path of clamd's socket; empty: files are marked "not scanned"

# Private keys of signatures never lie in the database: a folder of encrypted files, a PKCS#11 token, a remote service.
SIGNING_DIR = Path(env("MOTCUA_SIGNING_DIR") or VAR / "signing")
SIGNING_SECRET = env("MOTCUA_SIGNING_SECRET", "demo-only-signing-secret" if DEMO else "")
SIGNING_FETCHES = flag(
    "MOTCUA_SIGNING_FETCHES", default=not DEMO
)  # ask OCSP and CRL addresses in certificates
REMOTE_SIGNING_URL = env(  # the service that keeps keys of the keeper REMOTE; "" when none is connected
    "MOTCUA_REMOTE_SIGNING_URL", f"{SELF_URL}/mo-phong/ky-so-tu-xa" if SIMULATORS else ""
)
REMOTE_SIGNING_TOKEN = env("MOTCUA_REMOTE_SIGNING_TOKEN")
PKCS11_MODULE, PKCS11_TOKEN = env("MOTCUA_PKCS11_MODULE"), env("MOTCUA_PKCS11_TOKEN")
PKCS11_PIN = env("MOTCUA_PKCS11_PIN")
TSA_URL = env("MOTCUA_TSA_URL")

EMAIL_HOST = env("MOTCUA_MAIL_HOST")
EMAIL_PORT = int(env("MOTCUA_MAIL_PORT", "25"))
EMAIL_HOST_USER = env("MOTCUA_MAIL_USER")
EMAIL_HOST_PASSWORD = env("MOTCUA_MAIL_PASSWORD")
EMAIL_TIMEOUT = 20
# A demo sends nothing to anybody: its letters become files. Elsewhere, without a host, the channel is not connected.
EMAIL_BACKEND = f"django.core.mail.backends.{'filebased' if DEMO and not EMAIL_HOST else 'smtp'}.EmailBackend"
EMAIL_FILE_PATH = VAR / "mail"
MAIL_IS_CONNECTED = bool(EMAIL_HOST) or DEMO
MESSAGE_GATEWAYS = json.loads(
    env("MOTCUA_MESSAGE_GATEWAYS", "{}")
)  # {"SMS": {...}, "ZALO": {...}}: docs/notices.md
DEFAULT_FROM_EMAIL = env("MOTCUA_MAIL_FROM", "motcua@localhost")

# The shape of a dossier's code is data of the law and has changed before: see docs/glossary.md, "mã số hồ sơ".
DOSSIER_CODE_PATTERN = env("MOTCUA_DOSSIER_CODE_PATTERN", "{agency}-{yymmdd}-{number:04d}")

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("MOTCUA_LOG", "WARNING")},
}
