"""Django's settings. What differs between installations comes from mooring.web.configuration."""

from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from mooring.web import configuration

CONFIGURATION = configuration.read()
HERE = Path(__file__).parent

SECRET_KEY = CONFIGURATION.secret_key
MOORING_KEYRING = CONFIGURATION.keyring
MOORING_ORIGIN = CONFIGURATION.origin
# Where “Quick exit” leads: a page nobody wonders about.
MOORING_QUICK_EXIT = "https://www.wikipedia.org/"
_quick_exit = urlsplit(MOORING_QUICK_EXIT)
DEBUG = False

_host = urlsplit(CONFIGURATION.origin).hostname or "localhost"
_encrypted = CONFIGURATION.origin.startswith("https://")
ALLOWED_HOSTS = [_host, "localhost", "127.0.0.1"] if not _encrypted else [_host]
CSRF_TRUSTED_ORIGINS = [CONFIGURATION.origin]

INSTALLED_APPS = [
    "mooring.web.apps.WebConfig",
    "mooring.privacy.apps.PrivacyConfig",
    "mooring.people.apps.PeopleConfig",
    "mooring.instruments.apps.InstrumentsConfig",
    "mooring.relationships.apps.RelationshipsConfig",
    "mooring.alerts.apps.AlertsConfig",
    "mooring.checkins.apps.CheckinsConfig",
    "mooring.sessions.apps.SessionsConfig",
    "mooring.caseload.apps.CaseloadConfig",
    "mooring.home.apps.HomeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "mooring.web.privately.PrivatelyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "mooring.web.limits.SizeMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "mooring.web.taking_only.TakingOnlyMiddleware",
    "mooring.web.second_factor.SecondFactorMiddleware",
    "mooring.web.keys.KeysMiddleware",
]

ROOT_URLCONF = "mooring.web.urls"
WSGI_APPLICATION = "mooring.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mooring.web.context.site",
            ]
        },
    }
]

DATABASES = {"default": CONFIGURATION.database}
# Sign-in attempts are counted across workers, so the cache has to be shared.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "shared_cache"}}

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "front"
LOGOUT_REDIRECT_URL = "account_login"

ACCOUNT_ADAPTER = "mooring.web.accounts.AccountAdapter"
MFA_ADAPTER = "mooring.web.accounts.MFAAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Tries are counted by address. We listen on this machine only, so with https a proxy stands before us, and the last
# address in X-Forwarded-For is the one it saw; what a visitor wrote into that header stands before it.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if _encrypted else 0
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Mooring"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _encrypted

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [HERE / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = CONFIGURATION.data / "static"
STATICFILES_DIRS = [HERE / "static", ("tokens", str(files("mooring.charts") / "tokens"))]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# What a page says once after a press can name somebody: it goes through the reader's browser and never into the
# database, where it would stand readable.
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _encrypted
if _encrypted:
    # With this prefix browsers take the cookie from this very host only: no neighbour under the same domain sets it.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_HSTS_SECONDS = 31536000 if _encrypted else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _encrypted else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        # The quick exit is a form whose answer leads away: browsers ask form-action about that address too.
        "form-action": [SELF, f"{_quick_exit.scheme}://{_quick_exit.netloc}"],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

for _name, _value in CONFIGURATION.email.items():
    globals()[_name] = _value
DEFAULT_FROM_EMAIL = CONFIGURATION.mail_from
# A mail server that does not answer must not hold a page for ever.
EMAIL_TIMEOUT = 20

DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
# A questionnaire of three hundred questions has three fields for each.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1200
# A posted file is never written to the disk: what is larger than a page may post is refused before it is read.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS: list[str] = []

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "mooring.web.logs.DiscreetFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
