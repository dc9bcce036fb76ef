"""What came on paper before a call closed is entered after it, and signed after it."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from applications import beginning
from applications.models import Call, Dossier
from connect.dates import day_words
from notifications.models import Letter
from tests.factories import (
    answers,
    fill_in,
    make_authority,
    make_call,
    make_dossier,
    make_officer,
    make_user,
    pdf_of,
)
from tests.worlds import signed_in

pytestmark = pytest.mark.django_db
NOW, DAY = timezone.now(), timedelta(days=1)
CLOSED = timezone.localdate() - 3 * DAY
PAGE = reverse("admin:applications_dossier_type_in")


@pytest.fixture
def desk():
    """An officer's browser, with a call that closed three days ago."""
    make_authority("Ziniaré", slug="bf-ziniare")
    browser = signed_in(make_officer())
    browser.call = make_call(opens_at=NOW - 40 * DAY, closes_at=NOW - 3 * DAY)
    return browser


def enter(desk, **typed):
    known = {"call": desk.call.pk, "authority": "bf-ziniare", "language": "fr"}
    return desk.post(PAGE, known | typed, follow=True)


def sign_and_submit(desk, dossier):
    desk.post(reverse("ask-signature", args=[dossier.reference]))
    signature = dossier.signatures.get()
    typed = {"name": "Pascal Zongo", "commits": "on", "digest": dossier.digest()}
    desk.post(f"/en{signature.link_path}", typed)
    desk.post(reverse("dossier-step", args=[dossier.reference, "submit"]))
    dossier.refresh_from_db()
    return dossier.status


def test_paper_that_arrived_on_the_last_day_is_entered_signed_and_submitted_later(desk):
    """The post of the last day: the application ended for ever."""
    typed = {"arrived_on": CLOSED.isoformat(), "late_reason": "The officer was on mission."}
    page = enter(desk, **typed).text
    dossier = Dossier.objects.get()
    fill_in(dossier, answers(), NOW)
    dossier.save()
    shown = desk.get(dossier.get_absolute_url()).text

    assert f"Arrived on {day_words(CLOSED)}" in page and "The officer was on mission." in page
    assert "It arrived in time" in shown and "submit it before the call closes" not in shown
    assert sign_and_submit(desk, dossier) == "submitted"
    told = Letter.objects.filter(template="signature_given").values_list("address", flat=True)
    # Its contact hears of it once it is submitted: no e-mail has told them of it before.
    receipt = Letter.objects.filter(template="dossier_submit", address=dossier.focal_email)
    assert (set(told), receipt.exists()) == ({dossier.typed_by.email}, True)


def test_the_officer_who_enters_a_paper_adds_the_letter_of_commitment_that_came_with_it(desk):
    """“Add the letter of commitment on the application's page”, which had no place for it."""
    enter(desk, arrived_on=CLOSED.isoformat(), late_reason="The officer was on mission.")
    dossier = Dossier.objects.get()
    fill_in(dossier, answers(), NOW)
    dossier.save()
    letter = SimpleUploadedFile("letter.pdf", pdf_of("promise"), "application/pdf")

    offered = desk.get(dossier.get_absolute_url()).text
    add = reverse("add-file", args=[dossier.reference])
    desk.post(add, {"file": letter, "kind": "letter"})

    assert add in offered and dossier.attachments.get().kind == "letter"
    assert "among the files is also valid" not in offered  # the text was typed by another
    assert sign_and_submit(desk, dossier) == "submitted"


def test_a_representative_signs_the_evening_after_what_was_entered_in_time(desk):
    Call.objects.update(closes_at=NOW + DAY)
    enter(desk)
    dossier = Dossier.objects.get()
    fill_in(dossier, answers(), NOW)
    dossier.save()
    Dossier.objects.update(created_at=NOW - 4 * DAY)
    Call.objects.update(closes_at=NOW - 3 * DAY)

    assert sign_and_submit(desk, dossier) == "submitted"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "This call has closed: enter the day on which the application arrived."),
        ({"arrived_on": CLOSED.isoformat()}, "Say why it is entered only now."),
        ({"arrived_on": (CLOSED + DAY).isoformat(), "late_reason": "Late post."}, "Choose a day"),
        ({"arrived_on": (CLOSED - 90 * DAY).isoformat(), "late_reason": "Post."}, "Choose a day"),
    ],
)
def test_what_arrived_late_or_without_a_word_why_is_not_entered(desk, typed, said):
    page = enter(desk, **typed).text

    assert said in page and not Dossier.objects.exists()


def test_a_town_that_began_online_and_sent_paper_in_time_has_a_way_too(desk):
    """Its own draft can no longer be sent: it kept the paper out."""
    own = make_dossier(call=desk.call)
    typed = {"arrived_on": CLOSED.isoformat(), "late_reason": "It lost its connection."}
    enter(desk, authority=own.authority.slug, **typed)

    assert Dossier.objects.exclude(pk=own.pk).get().authority == own.authority


def test_what_a_town_writes_itself_ends_with_the_call(desk):
    town = make_authority()
    efua = make_user(works_for=town)
    draft = make_dossier(town, call=desk.call, created_at=NOW - 10 * DAY)
    signed_in(efua).post(reverse("dossier-step", args=[draft.reference, "submit"]))
    draft.refresh_from_db()

    assert draft.status == "draft"
    draft.delete()
    with pytest.raises(ValidationError, match="not open"):
        beginning.begin_dossier(desk.call, town, actor=efua)


def test_only_calls_that_closed_of_late_are_offered(desk):
    long_over = make_call(opens_at=NOW - 200 * DAY, closes_at=NOW - 100 * DAY)
    not_yet = make_call(opens_at=NOW + DAY, closes_at=NOW + 30 * DAY)
    is_open = make_call()

    shown = desk.get(PAGE).context["form"].fields["call"]

    assert set(shown.queryset) == {desk.call, is_open}
    assert not {long_over, not_yet} & set(shown.queryset)
    labels = [label for _value, label in shown.choices]
    assert f"{desk.call} (closed on {day_words(CLOSED)})" in labels and str(is_open) in labels
