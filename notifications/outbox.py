"""Letters are written in the transaction that causes them and sent after it commits.

A letter has a unique key that says why it exists ("follow-up:12:late"). Posting the same
reason twice leaves one letter, so any caller may be run again without harm. Its text is
frozen when it is first sent: what was said can be shown years later.
"""

import logging
import re
import smtplib
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.utils import timezone, translation
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from connect.celery import URGENT
from connect.characters import clean
from connect.languages import current_language
from connect.link_keys import without_keys
from connect.mail import Recipient
from connect.schedule import every, nudge_worker
from notifications import bursts, pauses, texts
from notifications.hours import awake, next_morning
from notifications.models import HIDDEN, MAX_TRIES, Letter, Priority

logger = logging.getLogger(__name__)
# What mail programs take for an address: a scheme's colon, and a name with a dot.
SCHEME = re.compile(r"(?<=[a-z]):(?=//)|(?<=mailto|script):|(?<=\btel):(?=\S)", re.I)
DOMAIN = re.compile(r"(?:[\w-]{2,}\.)+[^\W\d_]{2,}|(?:[\w-]+\.)+[^\W\d_]{2,}(?=[/:?#])")
OURS = {"address", "answer_to", "held", "news"}  # not typed: verified, or written by us
# What such a letter says is known without its link too.
TELLS_BY_ITSELF = (
    *("session_", "exchange_", "match_agreed", "match_lapsed", "match_refused"),
    "co_applicant_state",
)

NOBODY = "\0"  # stands for a name that we do not know: "Hello \0," is "Hello,"
NAMELESS = re.compile(rf"[ ,]*{NOBODY}")

LEASE = timedelta(minutes=10)  # longer than any mail server takes to answer for a batch
URGENT_LEASE = timedelta(minutes=1)  # for one letter: a code is worth nothing after ten minutes
NOWHERE = "erased.invalid"  # the domain of addresses that are nobody's any more
# Doubled with each try, at most a day; a code has to be tried again while it is worth something.
WAIT_AFTER_FAILURE = timedelta(minutes=2)
URGENT_WAIT_AFTER_FAILURE = timedelta(seconds=5)
INSTANT = timedelta(microseconds=1)  # a link that works until midnight works until that day
SECRET_FOR = timedelta(hours=1)  # a code or a link to sign in with is worth nothing afterwards


def post(
    template,
    *,
    key,
    to,
    path="",
    not_before=None,
    optional="",
    reminds=False,
    is_news=False,
    opens=None,
    anew=False,
    is_urgent=False,
    public=False,
    burst="",
    now=None,
    **context,
):
    """Leave one letter per recipient in the outbox; return how many are new.

    A recipient has `address`, `name` and `language`; a mayor asked to sign by link has no
    account. `path` is the page it links to, without language. `optional` names a kind that its
    reader may pause, and then gets no more of. `opens` is the row (see `HasLink`) whose link stands
    for the {} of `path`: the one that its reader has already, or with `anew` another in its place;
    where its time is over, or it was withdrawn, the letter leads nowhere, and is not written at all
    unless it tells something by itself. `reminds` says that it can wait for the reader's
    morning, `is_news` that a reader who `gathers_news` has it in one letter a day, `is_urgent` that
    somebody waits for it, as for every link asked for `anew`: it leaves before all others. A guest,
    who has no account there, is led to a page only by a link of their own, or where it is `public`:
    else the letter is for their information. `burst` names what many letters may come of within
    minutes: they leave as one (see `bursts`). `context` holds plain JSON values: the letter must
    read the same in a year. What is translated in it, or a function of no argument, is said in the
    language of each reader.
    """
    now = now or timezone.now()

    def waits_until(recipient):
        if is_news and gathers(recipient):
            return next_morning(not_before or now, zone_of(recipient))
        return not_before or (awake(now, zone_of(recipient)) if reminds else now)

    made = 0
    for recipient in to:
        reason = f"{key}:{recipient.address}"[:300]
        if is_nobody(recipient):
            continue
        if pauses.is_paused(recipient.address, optional, now):
            continue
        link = None
        if opens is not None:
            if Letter.objects.filter(key=reason).exists():
                continue  # and the link that it gave stays
            link = opens.give_link(now, anew=anew)
            if link is not None and link.address != recipient.address.lower():
                link = None
            if link is None and not template.startswith(TELLS_BY_ITSELF):
                continue
        is_informed = bool(path) and opens is None and not public and is_guest(recipient)
        informed = {"is_informed": True} if is_informed else {}
        waits = bursts.wait_for(burst, recipient, now) if burst else None
        made += Letter.objects.get_or_create(
            key=reason,
            defaults={
                "template": template,
                "address": recipient.address,
                "name": recipient.name,
                "language": recipient.language,
                "path": "" if is_informed or (opens is not None and link is None) else path,
                "opens": link,
                "optional": optional,
                "priority": Priority.URGENT if is_urgent or anew else Priority.ORDINARY,
                "burst": burst,
                "not_before": waits or waits_until(recipient),
                "is_gathered": bool(waits) or (is_news and gathers(recipient)),
                "context": said_in(recipient.language, context | informed),
            },
        )[1]
    return made


def post_written(template, *, key, address, language, subject, body, is_secret):
    """Leave a letter that somebody else wrote in the outbox; what is secret is kept apart.

    Who is sent a code or a link to sign in with sits before the page that asks for it.
    """
    return Letter.objects.create(
        key=key,
        template=template[:60],
        address=address,
        language=language,
        subject=" ".join(subject.split())[:300],
        body=HIDDEN if is_secret else body,
        secret=body if is_secret else "",
        is_secret=is_secret,
        priority=Priority.URGENT if is_secret else Priority.ORDINARY,
        not_before=timezone.now(),
    )


def is_nobody(recipient):
    """True of whom no letter reaches: without an address, or erased."""
    return not recipient.address or recipient.address.endswith(f"@{NOWHERE}")


def said_in(language, context):
    """Give the facts of a letter as plain values, in its reader's language."""

    def plain(value):
        if isinstance(value, Promise):
            return str(value)
        if isinstance(value, list):
            return [plain(one) for one in value]
        if isinstance(value, dict):
            return {name: plain(one) for name, one in value.items()}
        return plain(value()) if callable(value) else value

    with translation.override(language):
        return {name: plain(value) for name, value in context.items()}


def is_guest(recipient):
    return getattr(recipient, "is_guest", False)


def gathers(recipient):
    return getattr(recipient, "gathers_news", False)


def zone_of(recipient):
    """Give the time zone of a recipient: their own choice, else Brussels' like our deadlines."""
    return getattr(recipient, "time_zone", "") or settings.TIME_ZONE


def take_back(key, to=None):
    """Cancel the letters of this reason that have not left, to all or to some; return how many."""
    unsent = Letter.objects.unsent().filter(key__startswith=f"{key}:")
    if to is not None:
        unsent = unsent.filter(address__in=[recipient.address for recipient in to])
    return unsent.cancel(timezone.now())


@transaction.atomic
def recall(key, now):
    """Cancel every letter of this reason, if none has left or is leaving; say whether it could."""
    letters = Letter.objects.select_for_update().filter(key__startswith=f"{key}:")
    for letter in letters.filter(cancelled_at=None):
        is_leaving = letter.leased_until and letter.leased_until > now and not letter.last_error
        if letter.sent_at or is_leaving:
            return False
    letters.cancel(now)
    return True


@receiver(post_save, sender=Letter)
def nudge_sender(instance, created, **rest):
    """Tell a worker that a letter waits; beat would find it all the same."""
    if created:
        is_urgent = instance.priority == Priority.URGENT
        nudge_worker(send_urgent if is_urgent else send_waiting)


@every(seconds=20, only_workers=True)
def send_waiting(now, limit=200):
    """Send the letters due at `now`, the least tried first; return how many went.

    A letter that cannot be written or sent stays for a later run and holds back no other. Urgent
    ones have a worker of their own (`send_urgent`); should it be away, they leave before each of
    the others here.
    """
    with get_connection() as connection:
        sent = send_each_urgent(connection, now)
        for letter in claim(now, limit):
            sent += try_to_send(letter, connection, now)
            sent += send_each_urgent(connection, now)
    if sent:
        logger.info("letters: %d sent", sent)
    return sent


@every(seconds=5, worker=URGENT, only_workers=True)
def send_urgent(now):
    """Send the letters that somebody waits for; return how many went."""
    if not Letter.objects.due(now).filter(priority=Priority.URGENT).exists():
        return 0  # asked every few seconds: the mail server is not
    with get_connection() as connection:
        return send_each_urgent(connection, now)


def send_each_urgent(connection, now):
    """Send urgent letters one by one, those too that are written meanwhile."""
    sent = 0
    while letters := claim(at := max(now, timezone.now()), 1, Priority.URGENT):
        sent += try_to_send(letters[0], connection, at)
    return sent


def try_to_send(letter, connection, now):
    """Send a letter, or write down why it could not be; say whether it went."""
    try:
        if leads_nowhere(letter, now):
            Letter.objects.filter(pk=letter.pk).cancel(now)  # or it is somebody else's since
            return False
        if letter.opens and not letter.opens.works(now):
            take_link_out(letter)
        send(letter, connection)
    except Exception as error:
        why = type(error).__name__
        # What a server answers names the address: logs hold ids, not people. It may also hold what
        # it was given.
        is_answer = isinstance(error, smtplib.SMTPException)
        shown = not (letter.is_secret or is_answer)
        logger.error("letter %d could not be sent: %s", letter.pk, why, exc_info=shown)
        if not letter.is_secret:
            why = without_keys(f"{why}: {error}")
        letter.last_error = why[:300]
        is_urgent = letter.priority == Priority.URGENT
        first = URGENT_WAIT_AFTER_FAILURE if is_urgent else WAIT_AFTER_FAILURE
        letter.leased_until = now + min(first * 2**letter.tries, timedelta(days=1))
        letter.save(update_fields=["last_error", "leased_until"])
        if letter.tries >= MAX_TRIES:
            give_up(letter)
        if isinstance(error, smtplib.SMTPServerDisconnected):
            connection.close()
        return False
    return True


def leads_nowhere(letter, now):
    """True where a letter's link works no more, and it tells nothing without it."""
    if letter.opens is None or letter.opens.works(now):
        return False
    return not (letter.template.startswith(TELLS_BY_ITSELF) and letter.opens.has_holder)


def take_link_out(letter):
    """Let a letter that has not left lead nowhere; what has the link in it is written anew."""
    letter.opens, letter.path, letter.body = None, "", ""
    letter.save(update_fields=["opens", "path", "body"])


@every(minutes=5, is_foreseen=False)
def forget_secrets(now):
    """Cancel the secret letters that could not leave in time, and erase them; count them."""
    late = Letter.objects.filter(is_secret=True, created_at__lte=now - SECRET_FOR)
    return late.cancel(now)


def try_again(letters):
    """Put letters that were given up, or wait for their next try, first; return how many."""
    return letters.unsent().update(tries=0, leased_until=None, not_before=timezone.now())


def send_again(letter, now, after):
    """Send a letter that came back once more, after that time; say whether it will.

    Not one with a code, whose time is over by then, nor one that its reader can do without.
    """
    if letter.is_secret or letter.optional:
        return False
    sent = Letter.objects.filter(pk=letter.pk).exclude(sent_at=None)
    return bool(sent.update(sent_at=None, tries=0, leased_until=None, not_before=now + after))


def give_up(letter):
    """Tell staff of a letter that was tried in vain; of one that told so, nobody is told."""
    Letter.objects.filter(pk=letter.pk).update(secret="")
    if letter.template != "letter_given_up":
        post(
            "letter_given_up",
            key=f"letter:{letter.pk}:given-up",
            to=[Recipient(settings.CONTACT_EMAIL, "CONNECT")],
            address=letter.address,
            about=title_of(letter),
            error=letter.last_error,
        )


@transaction.atomic
def claim(now, limit, priority=Priority.ORDINARY):
    """Lease due letters to this worker: no other sends them, and no row stays locked."""
    due = Letter.objects.due(now).filter(priority=priority).order_by("-priority", "tries", "pk")
    letters = list(due.select_for_update(skip_locked=True)[:limit])
    for letter in letters:
        letter.tries += 1
        lease = URGENT_LEASE if priority == Priority.URGENT else LEASE
        letter.leased_until, letter.last_error = now + lease, ""
    Letter.objects.bulk_update(letters, ["tries", "leased_until", "last_error"])
    return letters


def unlinked(value):
    """Break the addresses in what somebody typed: no mail program makes a link of them.

    >>> unlinked("See https://evil.example/x or evil.example. Mr.X is here at 2 p.m.")
    'See https[:]//evil[.]example/x or evil[.]example. Mr.X is here at 2 p.m.'
    """
    if isinstance(value, str):
        value = SCHEME.sub("[:]", value)
        return DOMAIN.sub(lambda found: found[0].replace(".", "[.]"), value)
    if isinstance(value, dict):
        return {key: unlinked(one) for key, one in value.items()}
    return [unlinked(one) for one in value] if isinstance(value, list) else value


def readable(context):
    """Give what a letter says of its context: no link that somebody typed, and dates in words.

    Dates are ISO texts named `…_on` or `…_by`; who did something is named so, too.
    """
    read = {name: value if name in OURS else unlinked(value) for name, value in context.items()}
    for name, value in context.items():
        if name.endswith(("_on", "_by")) and (day := parse_date(str(value))):
            read[name] = date_format(day, "DATE_FORMAT")
    return read


def write(letter):
    """Give subject and body in the reader's language: the template's first line, and the rest.

    Links that are their reader's alone are hidden in it: see `with_links`.
    """
    with translation.override(letter.language):
        context = readable(letter.context) | {
            "name": unlinked(letter.name) or NOBODY,
            "link": letter.shown_link,
            "pause": pause_address(letter, HIDDEN),
            "link_ends": link_end_words(letter),
            **foot_facts(letter.language),
        }
        subject, body = texts.said(letter, context) or from_template(letter, context)
        subject, body = NAMELESS.sub("", subject), NAMELESS.sub("", body)
        foot = plain_text("letters/_foot.txt", context).strip()
    body = f"{texts.closed_up(body)}\n\n-- \n{foot}\n"
    return clean(" ".join(subject.split()))[:300], clean(body)


def foot_facts(language):
    """Give what the foot of every letter says of us."""
    return {
        "contact": settings.CONTACT_EMAIL,
        "notice": f"{settings.SITE_URL}/{language}/privacy/",
    }


def title_of(letter):
    """Name a letter as its reader knows it: by its subject, or the one that it would have now."""
    if letter.subject or letter.template not in texts.names():
        return letter.subject or _("an e-mail of before")
    facts = readable(letter.context)
    subject, _body = texts.usual(letter.template, current_language())
    return texts.filled(subject, facts | texts.in_our_words(letter.template, facts))


def from_template(letter, context):
    text = plain_text(f"letters/{letter.template}.txt", context)
    subject, _, body = text.strip().partition("\n")
    return subject, body


def plain_text(template, context):
    """Give a template's plain text: a letter's HTML escapes it as a whole."""
    return get_template(template).template.render(Context(context, autoescape=False))


def link_end_words(letter):
    """Say in the letter's language until when its link works; nothing of a page of the site."""
    if not letter.opens:
        return ""
    return date_format(timezone.localtime(letter.opens.expires_at - INSTANT), "DATE_FORMAT")


def pause_address(letter, key):
    """Give the page where the reader of an optional letter pauses its kind; nothing for a duty."""
    if not letter.optional:
        return ""
    return f"{settings.SITE_URL}/{letter.language}{pauses.PAGE.format(key)}"


def with_links(letter, pause=""):
    """Give a letter's text as its reader has it, with the links that are theirs alone."""
    text = letter.secret or letter.body
    if letter.opens:
        text = text.replace(letter.shown_link, letter.link)
    if pause:
        text = text.replace(pause_address(letter, HIDDEN), pause)
    return text


def send(letter, connection):
    """Write the letter in its reader's language, keep the text, and send it.

    The Message-ID is the letter's own: should a server take it and its answer be lost,
    the second copy is recognised as the same message.
    """
    if not letter.body:
        letter.subject, letter.body = write(letter)
        letter.save(update_fields=["subject", "body"])
    headers = {
        "Message-ID": f"<{letter.message_id}@connect>",
        "Auto-Submitted": "auto-generated",
        "From": settings.DEFAULT_FROM_EMAIL,
    }
    address = ""
    if letter.optional:  # RFC 8058
        address = pause_address(letter, pauses.key_of(letter))
        headers["List-Unsubscribe"] = f"<{address}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = EmailMultiAlternatives(
        letter.subject,
        with_links(letter, address),
        from_email=settings.RETURN_TO or None,  # the return path; readers see From
        to=[letter.address],
        headers=headers,
        connection=connection,
    )
    message.attach_alternative(
        render_to_string("letters/letter.html", {"letter": letter, "text": message.body}),
        "text/html",
    )
    if calendar := letter.context.get("calendar"):
        message.attach("agenda.ics", calendar, "text/calendar")
    message.send()
    letter.sent_at, letter.secret = timezone.now(), ""
    letter.save(update_fields=["sent_at", "secret"])
