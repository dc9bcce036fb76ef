"""Requests for what is held of an address without an account: answered by e-mail to it.

The page answers at once and always the same; whether anything is held is looked up by a worker, so
that neither words nor time tell a stranger whether an address is known.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.erasure import is_held
from accounts.holdings import Person
from accounts.models import DataRequest
from connect.advisory_locks import wait_for_turn
from connect.celery import URGENT
from connect.languages import current_language
from connect.mail import Recipient
from connect.schedule import every, nudge_worker, process_one_by_one
from notifications.outbox import post_letter

MOST_A_DAY = 3  # of an address: a stranger's requests do not fill somebody's box
SEEN_FOR = timedelta(hours=1)  # once opened


@transaction.atomic
def request_data(address, *, now=None):
    """Record that somebody asks what is held of an address; a worker answers.

    One that is not answered yet is the one.
    """
    now, address = now or timezone.now(), address.strip().lower()
    wait_for_turn("data request", address)
    today = DataRequest.objects.filter(address=address, asked_at__gt=now - timedelta(days=1))
    if today.count() < MOST_A_DAY and not today.filter(answered_at=None).exists():
        language = current_language()
        DataRequest.objects.create(address=address, language=language, asked_at=now)
        nudge_worker(answer_data_requests)


@every(seconds=30, worker=URGENT)
def answer_data_requests(now):
    """Send an answer to each request of which something is held; return how many."""
    waiting = DataRequest.objects.filter(answered_at=None)

    def answer(request):
        locked = waiting.select_for_update(skip_locked=True)
        request = locked.filter(pk=request.pk).first()
        if request is None:  # another worker was first
            return 0
        person = Person.from_address(request.address)
        posted = send_data_link(request, person, now) if is_held(person) else 0
        request.answered_at = now
        request.save(update_fields=["answered_at"])
        return posted

    return sum(process_one_by_one(answer, waiting.order_by("pk")))


def send_data_link(request, person, now):
    """Send the link; a person with an account signs in first, with the second factor if set."""
    has_account = bool(person.user and person.user.is_active)
    return post_letter(
        "data_link",
        key=f"data-request:{request.pk}",
        concerns=request,
        to=[Recipient(request.address, "", request.language)],
        path="/account/data/" if has_account else request.PAGE,
        opens=None if has_account else request,
        is_urgent=True,
        now=now,
        has_account=has_account,
    )


def find_request(token, now):
    """Return the request of a link that may still be opened; DataRequest.DoesNotExist otherwise."""
    request = DataRequest.get_by_link(token, now)
    newer = DataRequest.objects.filter(address=request.address, pk__gt=request.pk)
    if newer.exists():
        raise DataRequest.DoesNotExist
    return request


@transaction.atomic
def open_request(token, now):
    """Use a link up and return its request; DataRequest.DoesNotExist the second time."""
    request = find_request(token, now)
    request = DataRequest.objects.select_for_update().get(pk=request.pk)
    if request.opened_at is not None:
        raise DataRequest.DoesNotExist
    request.opened_at = now
    request.save(update_fields=["opened_at"])
    return request
