"""How long one stays signed in, and where: a session ends by itself, or when its person says so.

Only what a person does keeps a session: what a page asks for by itself (a poll, a save of nothing
new) does not.
"""

import time
from dataclasses import dataclass
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.utils.translation import gettext as _

from connect.schedule import every

BEGAN, ACTED = "signed_in_at", "acted_at"
NOTED_EVERY = 60  # seconds: an act sooner after the last changes no row
NOTICE = timedelta(minutes=5)  # before a session ends, its page says so

# What a browser says it is, the telling word first that it alone has.
BROWSERS = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome"}
BROWSERS |= {"Safari/": "Safari"}
SYSTEMS = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows"}
SYSTEMS |= {"Mac OS X": "Mac", "CrOS": "ChromeOS", "Linux": "Linux"}


@dataclass(frozen=True)
class SessionLimits:
    """How long a session lasts without an act, and at most."""

    idle: timedelta
    whole: timedelta


STAFF = SessionLimits(idle=timedelta(minutes=30), whole=timedelta(hours=10))
OTHERS = SessionLimits(idle=timedelta(hours=4), whole=timedelta(hours=12))


def session_life(user):
    return STAFF if user.is_staff or user.is_superuser else OTHERS


def seconds_left(session, user, now):
    """Return for how many seconds a session still lasts, 0 or fewer once it is over.

    One from before sessions had an end begins now.
    """
    life = session_life(user)
    return min(
        session.get(BEGAN, now) + life.whole.total_seconds() - now,
        session.get(ACTED, now) + life.idle.total_seconds() - now,
    )


def device_name(agent):
    """Name a device for its owner, as far as its browser says.

    >>> device_name("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    'Firefox, Linux'
    """
    named = [
        next((name for word, name in words.items() if word in agent), "")
        for words in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(filter(None, named)) or agent


def known_device_of(agent):
    """Name a device in our own words: in a letter, a stranger's browser could say anything."""
    named = device_name(agent)
    return _("an unknown device") if named == agent else named


def session_notice(request):
    """Return what every page of a signed-in person tells before the session ends."""
    if not (hasattr(request, "user") and request.user.is_authenticated):
        return {}
    now = time.time()
    # The page is an act, noted once it is made.
    kept = {BEGAN: request.session.get(BEGAN, now), ACTED: now}
    seconds = seconds_left(kept, request.user, now)
    return {"SESSION_LEFT": round(seconds), "SESSION_NOTICE": round(NOTICE.total_seconds())}


def is_act(request):
    """True for an act of a person (a page opened, a form sent), not a page's own request."""
    if request.method == "GET":
        return request.headers.get("Sec-Fetch-Dest", "document") == "document"
    return True


def record_act(request, now):
    """Record when this session's person was last active."""
    session = request.session
    session.setdefault(BEGAN, now)
    if now - session.get(ACTED, 0) >= NOTED_EVERY:
        session[ACTED] = now
        list_session(request)


def list_session(request):
    """Add a session to its person's list, or update its last use there."""
    if "REMOTE_ADDR" in request.META:  # a test's session comes from nowhere
        UserSession.objects.create_from_request(request)


@receiver(user_logged_in)
def list_new_session(sender, request, user, **kwargs):
    now = time.time()
    request.session[BEGAN] = request.session[ACTED] = now
    list_session(request)


@receiver(user_logged_out)
def unlist_session(sender, request, user, **kwargs):
    UserSession.objects.filter(session_key=request.session.session_key).delete()


def renew_id(request):
    """Give a session new rights under a new id, so that a stolen id stays without them."""
    old = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=old).update(session_key=request.session.session_key)


def end_sessions_of(user, but=None):
    """End all sessions of a person, or all but the one with this id."""
    for session in UserSession.objects.filter(user=user).exclude(session_key=but):
        session.end()


@every(minutes=10, is_foreseen=False)
def delete_ended_sessions(now):
    """Delete expired sessions from the lists; return how many."""
    ended = UserSession.objects.filter(last_seen_at__lt=now - OTHERS.whole)
    return ended.delete()[0]
