"""What an administrator may set beside keys and servers, and what holds where nothing is set.

A value that cannot be meant stops the start with one line that names its variable.
"""

import os
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from connect.environment import PRODUCTION
from connect.local import places
from connect.mail import is_reserved, parse_mailbox_url
from connect.sign_in_providers import parse_providers
from connect.variables import (
    LOOPBACK,
    is_unencrypted,
    read_number,
    read_variable,
    read_word,
    refuse_start,
    refuse_weak,
    required_address,
    required_variable,
    warn_at_start,
)

# In front of us

# How many proxies speak for somebody else, one behind the other: each adds the address it hears
# to X-Forwarded-For, and of that line so many are believed. On one machine nobody stands in front.
TRUSTED_PROXIES = read_number("TRUSTED_PROXIES", 1, most=9) if PRODUCTION else 0
# Browsers keep to HTTPS by a list of their own, for years: for the whole domain, or not at all.
HSTS_PRELOAD = read_word("HSTS_PRELOAD", "0", "1") == "1"

# Behind us

# A pooler that gives a session of the database to each transaction knows no cursor of the last one.
HAS_POOLER = read_word("DATABASE_POOLER", "", "transaction") == "transaction"
CACHE_DIR = read_variable("CACHE_DIR") or places.VAR / "cache"  # may be emptied at any time
STATIC_ROOT = read_variable("STATIC_ROOT") or places.VAR / "static"
for name, folder in (("CACHE_DIR", CACHE_DIR), ("STATIC_ROOT", STATIC_ROOT)):
    if not Path(folder).is_absolute():
        refuse_start(f"{name} is wrong: write the whole path of a folder, from / on.")
CLAMAV_ADDRESS = read_variable("CLAMAV_ADDRESS")  # host:port; none: files are not scanned
if CLAMAV_ADDRESS and not re.fullmatch(r".+:\d{1,5}", CLAMAV_ADDRESS):
    refuse_start("CLAMAV_ADDRESS is wrong: write host:3310.")

# What compares texts by their meaning: the first encoder, e5 or a service, and the second, use

ENCODERS = [name for name in os.environ.get("ENCODERS", "e5,use").split(",") if name]
if wrong := set(ENCODERS) - {"e5", "use"}:
    refuse_start(f"ENCODERS is wrong: write e5, use, both with a comma, or nothing, not {wrong}.")
EMBEDDINGS_URL = read_variable("EMBEDDINGS_URL")  # none: the encoder inside the wheel
EMBEDDINGS_MODEL = read_variable("EMBEDDINGS_MODEL")
EMBEDDINGS_KEY = read_variable("EMBEDDINGS_KEY")
if EMBEDDINGS_URL and not re.match(r"https?://[^/\s]+", EMBEDDINGS_URL):
    refuse_start("EMBEDDINGS_URL is wrong: write https://host/v1/embeddings.")
if EMBEDDINGS_URL and not EMBEDDINGS_MODEL:
    refuse_start("Set EMBEDDINGS_MODEL, the model of the service at EMBEDDINGS_URL.")

# What translates texts for a reader who lacks their language; none: nothing is sent, none offered

TRANSLATION_URL = read_variable("TRANSLATION_URL").rstrip("/")
TRANSLATION_API = read_word("TRANSLATION_API", "libretranslate", "etranslation")
TRANSLATION_KEY = read_variable("TRANSLATION_KEY")
if TRANSLATION_URL:
    service = urlsplit(TRANSLATION_URL)
    if service.scheme not in ("http", "https") or not service.hostname or service.query:
        refuse_start("TRANSLATION_URL is wrong: write https://host, or https://host/folder.")
    if "@" in service.netloc:
        refuse_start("TRANSLATION_URL is wrong: write the key as TRANSLATION_KEY, not within it.")
    if is_reserved(service.hostname) and service.hostname not in LOOPBACK:
        refuse_start("TRANSLATION_URL is a placeholder: name the service, or unset it.")
    if service.scheme == "http" and service.hostname not in LOOPBACK:
        if TRANSLATION_KEY:
            refuse_start("TRANSLATION_URL sends its key in the clear: write https://.")
        warn_at_start("TRANSLATION_URL sends texts in the clear: write https:// if it can.")
    if TRANSLATION_API == "etranslation" and not re.fullmatch(r"[^:\s]+:\S+", TRANSLATION_KEY):
        refuse_start("Set TRANSLATION_KEY to application:password, as eTranslation gave them.")
elif TRANSLATION_KEY or read_variable("TRANSLATION_API"):
    refuse_start("Set TRANSLATION_URL, or unset TRANSLATION_API and TRANSLATION_KEY.")

# E-mail: senders and recipients

# The mailbox where e-mails come back, and its address, which is their return path.
RETURN_TO = read_variable("RETURN_TO")
MAILBOX = None
if url := read_variable("MAILBOX_URL"):
    MAILBOX = parse_mailbox_url(url)
    if MAILBOX is None:
        refuse_start("MAILBOX_URL is wrong: write imaps://user:password@host.")
    if is_unencrypted(MAILBOX):
        warn_at_start(
            "MAILBOX_URL sends its password in the clear: write imaps:// if the server can."
        )
    if not RETURN_TO:
        refuse_start(
            "Set RETURN_TO, the address of the mailbox at MAILBOX_URL: letters come back to it."
        )
if PRODUCTION:
    DEFAULT_FROM_EMAIL = required_address("FROM_EMAIL")
    CONTACT_EMAIL = required_address("CONTACT_EMAIL")
    for name in ("DUTY_EMAIL", "AUDITOR_EMAIL", "RETURN_TO"):
        if read_variable(name):
            required_address(name)
else:
    DEFAULT_FROM_EMAIL = read_variable("FROM_EMAIL", "CONNECT <connect@example.org>")
    CONTACT_EMAIL = read_variable("CONTACT_EMAIL", "connect@example.org")
AUDITOR_EMAIL = read_variable("AUDITOR_EMAIL")  # is sent the newest seal daily
DUTY_EMAIL = read_variable("DUTY_EMAIL") or CONTACT_EMAIL  # told at once of what is serious

# Who signs people in, beside us

try:
    OIDC_PROVIDERS = parse_providers(read_variable("OIDC_PROVIDERS"))
except ValueError as error:
    refuse_start(f"OIDC_PROVIDERS is wrong: {error}.")

# The programme

# How long e-mails about an officer's decision wait, so that it can be undone.
UNDO_FOR = timedelta(minutes=read_number("UNDO_MINUTES", 5, most=1440))
# Who reports to IATI.
IATI_ORGANISATION = required_variable("IATI_ORGANISATION") if PRODUCTION else "XM-EXAMPLE"
if PRODUCTION and "EXAMPLE" in IATI_ORGANISATION.upper():
    refuse_start(
        "IATI_ORGANISATION is a placeholder: give the identifier that the programme has there."
    )

# What is seen from outside

LOG_FORMAT = read_word("LOG_FORMAT", "line", "json")
METRICS_TOKEN = read_variable("METRICS_TOKEN")  # none: /metrics is no page
if METRICS_TOKEN and PRODUCTION:
    refuse_weak("METRICS_TOKEN", METRICS_TOKEN)
