"""Whether Redis, the mail server and the virus scanner do what is asked of them."""

import io
import smtplib
import uuid
from collections.abc import Iterator

import redis
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.db import DatabaseError

from connect.doctor import Fault, examines, first_line
from connect.viruses import find_virus

# The file that all scanners call a virus, in two parts: in one, they would take this file for it.
TEST_VIRUS = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-" + rb"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@examines("redis")
def examine_redis() -> Iterator[Fault]:
    server = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=5)
    key = f"doctor:{uuid.uuid4()}"
    try:
        server.set(key, "well", ex=60)
        is_kept = server.get(key) == b"well"
        server.delete(key)
        memory = server.info("memory")
    except redis.RedisError as error:
        yield Fault(
            f"Redis does not answer: {first_line(error)}",
            "E-mails, rankings and tables wait until it is back; tries are counted more slowly.",
            "See that Redis or Valkey runs, and that host, port and password in REDIS_URL are its"
            " own.",
        )
        return
    policy = memory.get("maxmemory_policy", "noeviction")
    if not is_kept or (memory.get("maxmemory") and policy != "noeviction"):
        yield Fault(
            f"Redis throws out what it was given when it is full ({policy}).",
            "Calls to the workers and the counts of tries are lost.",
            "Set `maxmemory-policy noeviction`, or give CONNECT a Redis of its own.",
        )


def administrators() -> list[str]:
    """Return the addresses of those who administer the site; whom to ask where there is none."""
    people = get_user_model().objects.filter(is_active=True, is_superuser=True).order_by("pk")
    try:
        return list(people.values_list("email", flat=True)[:3]) or [settings.CONTACT_EMAIL]
    except DatabaseError:
        return [settings.CONTACT_EMAIL]


@examines("mail")
def examine_mail() -> Iterator[Fault]:
    """Send an e-mail to the administrators."""
    to = administrators()
    words = "This e-mail was sent by `manage.py doctor`: e-mails leave this site."
    message = EmailMessage(f"CONNECT at {settings.SITE_URL}: e-mails leave", words, to=to)
    server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        message.send()
    except smtplib.SMTPAuthenticationError as error:
        yield Fault(
            f"The mail server {server} refuses our user or password: {first_line(error)}",
            "No e-mail leaves, nor a code to sign in.",
            "Mend user and password in EMAIL_URL; write % as %25 and @ as %40.",
        )
    except smtplib.SMTPRecipientsRefused as error:
        yield Fault(
            f"The mail server {server} takes no e-mail to {', '.join(to)}: {first_line(error)}",
            "It may send to its own domain alone, or know no such address.",
            "Let it send for this machine, and see that the address is right.",
        )
    except (OSError, smtplib.SMTPException) as error:
        yield Fault(
            f"The mail server {server} sends nothing: {first_line(error)}",
            "No e-mail leaves, nor a code to sign in. All of them wait until it does.",
            "See that host, port and scheme in EMAIL_URL are its own (smtp+tls:// has port 587,"
            " smtps:// 465), and that it takes e-mails from FROM_EMAIL.",
        )


@examines("virus scanner")
def examine_scanner() -> Iterator[Fault]:
    address = settings.CLAMAV_ADDRESS
    if not address:
        return
    try:
        virus = find_virus(io.BytesIO(TEST_VIRUS), address)
        clean = find_virus(io.BytesIO(b"An application."), address)
    except OSError as error:
        yield Fault(
            f"The virus scanner at {address} does not answer: {first_line(error)}",
            "No upload is taken while it is away.",
            "See that clamd runs and listens on TCP (TCPSocket 3310 and TCPAddr in clamd.conf), or"
            " unset CLAMAV_ADDRESS.",
        )
        return
    if not virus or clean:
        yield Fault(
            f"The virus scanner at {address} "
            + ("finds a virus where there is none." if clean else "does not find the test virus."),
            "Its word is worth nothing.",
            "Run freshclam, and see that what listens there is clamd.",
        )
