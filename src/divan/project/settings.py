"""Django settings, derived from the configuration; contexts read them only through the options of their apps."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext_lazy as _

from divan.dealings.cases.apps import CasesOptions
from divan.dealings.correspondence.apps import CorrespondenceOptions
from divan.dealings.payments.apps import PaymentsOptions
from divan.foundation.apps import FoundationOptions
from divan.front.portal.options import PortalOptions
from divan.project.configuration import Configuration, read_configuration
from divan.trust.exchange.apps import ExchangeOptions
from divan.trust.identity.apps import IdentityOptions
from divan.trust.ledger.apps import LedgerOptions
from divan.trust.signing.apps import SigningOptions

DIVAN: Configuration = read_configuration()
SOURCE = Path(__file__).resolve().parents[1]

SECRET_KEY = DIVAN.secret_key
DEBUG = False
ALLOWED_HOSTS = DIVAN.allowed_hosts.split(",")
CSRF_TRUSTED_ORIGINS = [DIVAN.base_url]
ROOT_URLCONF = "divan.project.urls"
WSGI_APPLICATION = "divan.project.wsgi.application"
AUTH_USER_MODEL = "identity.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "divan.project.apps.ProjectApp",
    "divan.front.portal.apps.PortalApp",
    "divan.front.backoffice.apps.BackofficeApp",
    "divan.front.api.apps.ApiApp",
    "divan.dealings.cases.apps.CasesApp",
    "divan.dealings.correspondence.apps.CorrespondenceApp",
    "divan.dealings.payments.apps.PaymentsApp",
    "divan.trust.identity.apps.IdentityApp",
    "divan.trust.exchange.apps.ExchangeApp",
    "divan.trust.signing.apps.SigningApp",
    "divan.trust.ledger.apps.LedgerApp",
    "divan.registers.catalogue.apps.CatalogueApp",
    "divan.registers.people.apps.PeopleApp",
    "divan.registers.places.apps.PlacesApp",
    "divan.foundation.apps.FoundationApp",
    "divan.foundation.ui.apps.UiApp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "ninja",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "divan.foundation.http.language.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "divan.foundation.http.middleware.BodyLimit",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "divan.foundation.http.middleware.AnswerHeaders",
    "divan.trust.identity.views.middleware.ActingPerson",
    "divan.foundation.http.middleware.Door",
    "divan.foundation.http.middleware.Refusals",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "OPTIONS": {
            "loaders": [("django.template.loaders.cached.Loader", ["django.template.loaders.app_directories.Loader"])],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "divan.project.page_context.page_context",
            ],
            "builtins": ["divan.foundation.ui.templatetags.persian", "divan.foundation.ui.templatetags.components"],
        },
    }
]


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    return {
        "NAME": unquote(parts.path.lstrip("/")) or "divan",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
    }


def _embedded() -> dict[str, object]:
    from divan.project.launcher import postgres  # noqa: PLC0415 (only an installation with its own database needs it)

    return postgres.connection_settings(DIVAN.data / "pg")


DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": "divan"},
        **(_database(DIVAN.database_url) if DIVAN.database_url else _embedded()),
    }
}

LANGUAGE_CODE = "fa"
LANGUAGES = [("fa", _("Persian")), ("en", _("English"))]
LOCALE_PATHS = [SOURCE / "project" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Tehran"

STATIC_URL = "static/"
STATIC_ROOT = DIVAN.data / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600
WHITENOISE_USE_FINDERS = False

# What is kept here can be made again at any time and never goes stale: its keys name frozen versions of services.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 2000}},
}

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "divan_session"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = DIVAN.tls_offloaded
CSRF_COOKIE_SECURE = DIVAN.tls_offloaded
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31536000 if DIVAN.tls_offloaded else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if DIVAN.tls_offloaded else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
FILE_UPLOAD_TEMP_DIR = None

AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

SILENCED_SYSTEM_CHECKS = [
    "security.W021",  # HSTS preload is the operator's decision for a whole domain
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"httpx": {"level": "WARNING"}, "django.request": {"level": "ERROR"}},
}

FOUNDATION = FoundationOptions(
    files_directory=DIVAN.data / "files",
    scanner_address=DIVAN.scanner,
    sms_gateway=DIVAN.sms_gateway,
    sms_token=DIVAN.sms_token,
)
CASES = CasesOptions(base_url=DIVAN.base_url, longest_order_pause=timedelta(seconds=15) if DIVAN.rehearsal else None)
CORRESPONDENCE = CorrespondenceOptions(
    connections=Path(DIVAN.letter_connections) if DIVAN.letter_connections else DIVAN.data / "letters.toml",
    parts=DIVAN.data / "files" / "parts",
    patience=timedelta(hours=DIVAN.letter_patience),
    longest_pause=timedelta(seconds=15) if DIVAN.rehearsal else timedelta(minutes=30),
    asking_pause=timedelta(seconds=30) if DIVAN.rehearsal else timedelta(hours=6),
    base_url=DIVAN.base_url,
)
PAYMENTS = PaymentsOptions(
    return_address=DIVAN.base_url.rstrip("/") + "/payments/return/{payment}/",
    bank_address=DIVAN.bank_gateway,
    bank_terminal=DIVAN.bank_terminal,
    bank_key=DIVAN.bank_key,
)
PORTAL = PortalOptions(
    province_code=DIVAN.province_code,
    base_url=DIVAN.base_url,
    rehearsal=DIVAN.rehearsal,
    rehearsal_phone=f"http://{DIVAN.address(2)}/sms/inbox",
)
IDENTITY = IdentityOptions(
    rehearsal=DIVAN.rehearsal,
    secret=DIVAN.secret_key,
    base_url=DIVAN.base_url,
    sign_on_issuer=DIVAN.sign_on_issuer,
    sign_on_client_id=DIVAN.sign_on_client_id,
    sign_on_client_secret=DIVAN.sign_on_client_secret,
    citizen_home="/cases/",
    staff_home="/office/",
)

LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "divan.trust.identity.views.sign_in_rules.StaffSignInRules"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = False  # these count in the memory of one process; identity counts in the database
ACCOUNT_FORMS = {
    "login": "divan.trust.identity.views.forms.StaffSignIn",
    "change_password": "divan.trust.identity.views.forms.NewPassword",
    "reauthenticate": "divan.trust.identity.views.forms.PasswordAgain",
}
MFA_ADAPTER = "divan.trust.identity.views.sign_in_rules.SecondFactorRules"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True  # accounts have no e-mail address
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RATE_LIMITS = False  # as above
MFA_FORMS = {
    "authenticate": "divan.trust.identity.views.forms.SecondFactorCode",
    "reauthenticate": "divan.trust.identity.views.forms.SecondFactorAgain",
    "activate_totp": "divan.trust.identity.views.forms.NewAuthenticatorApp",
    "add_webauthn": "divan.trust.identity.views.forms.NewPasskey",
    "authenticate_webauthn": "divan.trust.identity.views.forms.PasskeyProof",
    "reauthenticate_webauthn": "divan.trust.identity.views.forms.PasskeyAgain",
}
LEDGER = LedgerOptions(
    directory=DIVAN.data / "tlog",
    key_file=DIVAN.data / "keys" / "log.key",
    verifier_file=DIVAN.data / "trust" / "log.vkey",
    policy_file=Path(DIVAN.log_policy),
    origin=DIVAN.log_origin,
    bucket=DIVAN.log_bucket,
    bucket_endpoint=DIVAN.log_bucket_endpoint,
    witness_timeout=DIVAN.witness_timeout,
    patience=timedelta(seconds=DIVAN.cosigning_patience),
)
EXCHANGE = ExchangeOptions(
    rehearsal=DIVAN.rehearsal,
    control=DIVAN.data / "exchange",
    gateway=DIVAN.data / "gateway",
    address=DIVAN.exchange_gateway,
    public=DIVAN.exchange_public or DIVAN.exchange_gateway,
    subsystem=DIVAN.exchange_subsystem,
    server=DIVAN.exchange_server,
)
SIGNING = SigningOptions(
    rehearsal=DIVAN.rehearsal,
    base_url=DIVAN.base_url,
    key_directory=DIVAN.data / "keys" / "signing",
    trust_directory=DIVAN.data / "trust",
    trusted_roots=Path(DIVAN.trusted_roots) if DIVAN.trusted_roots else None,
    timestamp_address=DIVAN.timestamp_authority,
    shams_separator=DIVAN.shams_separator,
    fonts_directory=SOURCE / "foundation" / "ui" / "static" / "ui" / "dist" / "fonts" / "letters",
)
