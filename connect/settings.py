"""All settings, read top to bottom. What differs between machines comes from `environment`.

With no DATABASE_URL this is the one-machine run: PostgreSQL, Redis and a loopback mail
server on `var/`, made by `connect.local`. With DATABASE_URL it is production: whatever is
missing or unsafe stops the start with one line that names the variable.
"""

import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from connect.country_names import name_countries
from connect.environment import (  # noqa: F401 - they are settings, too
    ALLOWED_HOSTS,
    AUDIT_KEYS,
    DEBUG,
    DEMO,
    ERASURE_KEY,
    FIELD_KEYS,
    PRODUCTION,
    REDIS_URL,
    SECRET_KEY,
    SECRET_KEY_FALLBACKS,
    SITE_URL,
    database,
    email,
    storage,
)
from connect.options import (  # noqa: F401 - they, too
    AUDITOR_EMAIL,
    CACHE_DIR,
    CLAMAV_ADDRESS,
    CONTACT_EMAIL,
    DEFAULT_FROM_EMAIL,
    DUTY_EMAIL,
    EMBEDDINGS_KEY,
    EMBEDDINGS_MODEL,
    EMBEDDINGS_URL,
    ENCODERS,
    HAS_POOLER,
    HSTS_PRELOAD,
    IATI_ORGANISATION,
    LOG_FORMAT,
    MAILBOX,
    METRICS_TOKEN,
    OIDC_PROVIDERS,
    RETURN_TO,
    STATIC_ROOT,
    TRANSLATION_API,
    TRANSLATION_KEY,
    TRANSLATION_URL,
    TRUSTED_PROXIES,
    UNDO_FOR,
)

BASE_DIR = Path(__file__).resolve().parent.parent

# The project

INSTALLED_APPS = [
    "connect.admin_apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "connect.apps.OurStaticFiles",
    "whitenoise.runserver_nostatic",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_countries",
    "import_export",
    "connect.apps.ConnectConfig",
    "notifications",
    "accounts",
    "registry",
    "applications",
    "matching",
    "exchanges",
    "practices",
    "impact",
]
MIDDLEWARE = [
    "connect.traces.TraceRequests",
    "connect.metrics.CountRequests",
    "connect.request_time.NoteRequestTime",
    "connect.headers.AnyHostForHealth",
    "connect.headers.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "connect.headers.HeadAsGet",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "connect.characters.Utf8Alone",
    "django.middleware.csrf.CsrfViewMiddleware",
    "connect.characters.FitCharacters",
    "connect.conflicts.AtTheSameMoment",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SessionLife",
    "connect.uploads.OneFileAPerson",
    "connect.typed_texts.OfferedAgain",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.middleware.SecondFactorForStaff",
    "connect.answers.AnswersToForms",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "connect.urls"
WSGI_APPLICATION = "connect.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "connect.context.site_context",
                "connect.typed_texts.typed_keys",
                "accounts.sessions.session_notice",
            ],
            "builtins": [
                "connect.templatetags.look",
                "connect.templatetags.reading",
                "connect.templatetags.sharing",
                "registry.templatetags.registry_words",
            ],
        },
    },
]
FORM_RENDERER = "connect.form_renderer.FormRenderer"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

# Data

# Limits of time stand with the role (connect/database_limits.py): no session is asked for any here,
# or a pooler that shares sessions out by the transaction would refuse the connection.
DATABASES = {
    "default": database
    | {
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": HAS_POOLER,
        "OPTIONS": database.get("OPTIONS", {}) | {"connect_timeout": 5},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "connect.cache.Cache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 5},
        "KEY_PREFIX": os.environ.get("CONNECT_CACHE_PREFIX", ""),  # each test has its own
    }
}
STORAGES = {
    "default": storage,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_MAX_AGE = 31536000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "connect.uploads.BoundedUpload",
]

# Tables that staff bring in and take out: whole or not at all, and no cell that a program would run

IMPORT_EXPORT_USE_TRANSACTIONS = True
IMPORT_EXPORT_IMPORT_PERMISSION_CODE, IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "change", "view"
# Between preview and confirmation a table waits among the files, which all web machines share;
# one that nobody confirms has no row, and goes a day later (connect/files.py).
IMPORT_EXPORT_TMP_STORAGE_CLASS = "import_export.tmp_storages.MediaStorage"

# People

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    f"django.contrib.auth.hashers.{name}PasswordHasher" for name in ("Scrypt", "PBKDF2")
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["name", "email"]},
    },
    {"NAME": "accounts.passwords.HardToGuess"},
]
PASSWORD_RESET_TIMEOUT = 60 * 60  # seconds
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = reverse_lazy("my")
ACCOUNT_ADAPTER = "accounts.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupForm"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
# The page that asks for a code says so (locale/allauth): e-mails take their time.
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 10 * 60  # seconds
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # before an address changes
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "accounts.passwords.LastResetLink"  # noqa: S105
ACCOUNT_FORMS = {
    "login": "accounts.sign_in.SignIn",
    "add_email": "accounts.sign_in.AddAddress",
    "request_login_code": "accounts.sign_in.AskForCode",
    "reset_password": "accounts.sign_in.AskForReset",
    "signup": "accounts.sign_in.SignUp",
}
SOCIALACCOUNT_ADAPTER = "accounts.providers.ProviderAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = False  # our form asks what it asks of everybody
SOCIALACCOUNT_FORMS = {"signup": "accounts.sign_in.SignUpByProvider"}
MFA_ADAPTER = "accounts.seeds.MfaAdapter"
MFA_FORMS = {
    "activate_totp": "accounts.seeds.MakeFactor",
    "add_webauthn": "accounts.passkeys.AddPasskey",
    "edit_webauthn": "accounts.passkeys.RenamePasskey",
    "authenticate": "accounts.sign_in.GiveCode",
    "reauthenticate": "accounts.sign_in.GiveCodeAgain",
}
# What allauth would count for an address from everywhere is counted in accounts/limits.py.
ACCOUNT_RATE_LIMITS = dict.fromkeys(
    ("login_failed", "request_login_code", "reset_password", "confirm_email")
) | {"data_request": "10/h/ip"}
# In production proxies alone speak to us, and say whom they speak for (deploy/nginx.conf).
ALLAUTH_TRUSTED_PROXY_COUNT = NINJA_NUM_PROXIES = TRUSTED_PROXIES
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True  # a passkey that asks for a finger or a PIN is both factors
MFA_TOTP_ISSUER = "CONNECT"
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Longer than any session lasts (accounts/sessions.py): one that ended is still known for a while,
# so that what its person had typed is kept for them.
SESSION_COOKIE_AGE = 60 * 60 * 48

# Languages

LANGUAGE_CODE = "en"
# Of pages, letters and choices alike: a line here and its catalogue in locale/ add one.
LANGUAGES = [
    ("en", _("English")),
    ("fr", _("French")),
    ("es", _("Spanish")),
    ("pt", _("Portuguese")),
    ("ar", _("Arabic")),
]
# Ours, and what django-allauth says on its pages, in the words of this product, English too.
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "allauth"]
FORMAT_MODULE_PATH = "connect.formats"
# These are named in our catalogues: those of the list of countries call two of them Guyane, leave
# some in English, turn others round, or have an error. Kosovo has no ISO code, but one all use.
OUR_COUNTRIES = {
    "AS": _("American Samoa"),
    "BL": _("Saint Barthélemy"),
    "BQ": _("Bonaire, Sint Eustatius and Saba"),
    "CD": _("Democratic Republic of the Congo"),
    "CI": _("Côte d'Ivoire"),
    "GG": _("Guernsey"),
    "GS": _("South Georgia and the South Sandwich Islands"),
    "HK": _("Hong Kong"),
    "MK": _("North Macedonia"),
    "MM": _("Myanmar"),
    "MO": _("Macao"),
    "RE": _("Réunion"),
    "SH": _("Saint Helena, Ascension and Tristan da Cunha"),
    "VA": _("Vatican City"),
    "NR": _("Nauru"),
    "AD": _("Andorra"),
    "BS": _("Bahamas"),
    "BZ": _("Belize"),
    "CF": _("Central African Republic"),
    "CY": _("Cyprus"),
    "CZ": _("Czechia"),
    "DJ": _("Djibouti"),
    "FM": _("Micronesia"),
    "GF": _("French Guiana"),
    "GT": _("Guatemala"),
    "GY": _("Guyana"),
    "KG": _("Kyrgyzstan"),
    "LR": _("Liberia"),
    "PS": _("Palestine"),
    "MH": _("Marshall Islands"),
    "SA": _("Saudi Arabia"),
    "SB": _("Solomon Islands"),
    "SJ": _("Svalbard and Jan Mayen"),
    "SZ": _("Eswatini"),
    "TD": _("Chad"),
    "TL": _("Timor-Leste"),
    "TT": _("Trinidad and Tobago"),
}
COUNTRIES_OVERRIDE = name_countries(OUR_COUNTRIES)
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Brussels"  # the programme's: deadlines count there

# Headers: nothing inline, nothing from another host

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
DEVICE_COOKIE_NAME = "device"  # see accounts/devices.py
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    if TRUSTED_PROXIES:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS, SECURE_HSTS_PRELOAD = True, HSTS_PRELOAD
    # Whether browsers put the whole domain on a list for good is its owner's choice.
    SILENCED_SYSTEM_CHECKS = [] if HSTS_PRELOAD else ["security.W021"]
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    DEVICE_COOKIE_NAME = "__Host-device"

# Letters

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST, EMAIL_PORT = email.host, email.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = email.user, email.password
EMAIL_USE_TLS, EMAIL_USE_SSL = email.starttls, email.ssl
EMAIL_TIMEOUT = 20

# Jobs: they wait in the database; a message to Celery only asks a worker to look

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 1, "socket_timeout": 5}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE  # what beat asks for, and when, stands with each rule (schedule.py)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "connect.logs.WithoutKeys",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        },
        "json": {"()": "connect.logs.JsonLines"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # A line a request, for a program that reads them; a person reads those of the proxy.
    "loggers": {"connect.requests": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"}},
}
