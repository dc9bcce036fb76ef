"""A good practice: begun from an exchange, written by both sides, published, found, used."""

import copy
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from lxml import html
from PIL import Image

from connect.transitions import TransitionRefused
from exchanges.models import Exchange
from notifications.letter_text import compose_letter
from notifications.models import Letter
from practices import listing, review
from practices.models import Practice, Use
from practices.transitions import practice_machine
from registry import search_index
from tests.factories import (
    make_authority,
    make_budget_line,
    make_measure,
    make_officer,
    make_report,
    make_session,
    make_user,
)
from tests.practices.texts import WORDS, drawing
from tests.worlds import agreed, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def held_once(once):
    table, exchange = agreed()
    Exchange.objects.update(status="completed", actual_end=timezone.localdate())
    exchange.refresh_from_db()
    return table, exchange


@pytest.fixture
def held(held_once):
    table, exchange = copy.deepcopy(held_once)
    exchange.efua, exchange.ineke, exchange.ines = table.efua, table.ineke.user, table.ines
    exchange.town, exchange.expert = signed_in(table.efua), signed_in(table.ineke.user)
    exchange.staff = signed_in(table.ines)
    return exchange


def page(name, practice, *args):
    return reverse(f"practice-{name}", args=[practice.slug, *args])


def begun(exchange):
    exchange.town.post(reverse("practices-of", args=[exchange.reference]))
    return Practice.objects.get()


def test_only_a_published_practice_is_quoted_under_its_licence(held):
    """A15: a draft bore CC BY 4.0 and “How to cite it” as if it had been published."""
    practice = begun(held)
    seen = [held.town.get(practice.get_absolute_url()).text]
    Practice.objects.update(status="published", published_at=timezone.now())
    seen.append(held.town.get(practice.get_absolute_url()).text)

    assert [("How to cite it" in one, "CC BY 4.0" in one) for one in seen] == [
        (False, False),
        (True, True),
    ]


def test_a_draft_says_what_the_exchange_knows_and_no_wish(held):
    held.terms.create(
        number=1,
        purpose="A fee that pays for the plant.",
        tasks="Two days with the operators.",
        outputs="A draft by-law.",
        means="A car and a room.",
        at=timezone.now(),
    )
    day = datetime(2026, 3, 2, 9, tzinfo=UTC)
    for title in ("Visit of the plant", "Debrief"):
        make_session(held, title=title, starts_at=day, ends_at=day + timedelta(hours=1))
    make_budget_line(held, spent=1200)
    make_budget_line(held, spent=300, payer="applicant")
    make_measure(held)

    text = begun(held).texts.get()

    on = date_format(day, "DATE_FORMAT")
    assert (text.summary, text.problem) == ("", held.dossier.problem)
    assert text.done == f"Two days with the operators.\n{on}: Visit of the plant; Debrief"
    assert text.result == "License the private emptiers (planned)\nA draft by-law."
    assert text.cost == (
        "EUR 1,500.00 spent in all (paid by the programme: EUR 1,200.00; "
        "paid by the applicant: EUR 300.00)"
    )
    assert text.conditions == "A car and a room."


def test_what_is_typed_in_one_form_of_a_practice_stays_when_the_other_is_sent(held):
    """A report that one did the same, and a message to the authority: both on one page."""
    practice = begun(held)
    Practice.objects.update(status="published", published_at=timezone.now())
    awutu = make_authority("Awutu")
    ama = signed_in(make_user("Ama", works_for=awutu))
    words, question = "We license our emptiers too.", "How did you set the fee?"
    typed = {"authority": awutu.pk, "words": words, "text": question}
    used, contact = page("used", practice), page("contact", practice)
    shown = html.fromstring(ama.get(practice.get_absolute_url()).content)

    def boxes(response):
        fields = html.fromstring(response.content).xpath("//textarea")
        return {box.get("name"): box.text_content().strip() for box in fields}

    reported = ama.post(f"{used}?beside", typed, follow=True)
    asked = ama.post(f"{contact}?beside", typed | {"words": words}, follow=True)
    too_long = ama.post(f"{contact}?beside", typed | {"text": "Why? " * 400, "words": words})
    back = ama.get(practice.get_absolute_url())

    form = shown.xpath("//textarea[@name='text']/ancestor::form")[0]
    assert form.get("data-typed") and form.xpath(".//textarea[@name='words']")
    assert boxes(reported) == {"words": "", "text": question}
    assert boxes(asked) == {"words": words, "text": ""}
    assert boxes(too_long) == {"text": ("Why? " * 400).strip()}
    assert boxes(back) == {"words": words, "text": ""}
    assert practice.uses.get().words == words


def photographed(client, practice, content=None, **changed):
    posted = {"alt": "A pump at the river", "credit": "Kofi", "consent": "on"} | changed
    file = SimpleUploadedFile("../../river.jpg", content or drawing())
    return client.post(page("photos", practice), posted | {"file": file})


def written(exchange, **changed):
    practice = begun(exchange)
    exchange.town.post(page("write", practice, practice.language), WORDS | changed)
    photographed(exchange.town, practice)
    return practice


def take(client, practice, verb, **posted):
    client.post(page("step", practice, verb), posted)
    practice.refresh_from_db()
    return practice.status


def agree(client, practice):
    """Agree to the text as it stands."""
    seen = Practice.objects.get(pk=practice.pk).digest
    client.post(page("agree", practice), {"digest": seen})


def published(exchange, **changed):
    practice = written(exchange, **changed)
    take(exchange.town, practice, "submit_practice")
    for client in (exchange.town, exchange.expert):
        agree(client, practice)
    take(exchange.staff, practice, "approve_practice")
    answer = exchange.staff.post(page("step", practice, "publish_practice"), follow=True)
    assert "Status of the practice: published." in answer.text
    practice.refresh_from_db()
    return practice


def test_whoever_began_a_draft_deletes_it_and_its_exchange_shows_it_no_more(held):
    """Two presses of a button on two days made two drafts that nobody could be rid of."""
    Exchange.objects.update(status="closed", status_since=datetime(2018, 5, 2, tzinfo=UTC))
    Exchange.objects.update(actual_end=datetime(2017, 11, 3).date())
    page = reverse("practices-of", args=[held.reference])
    held.town.get(page)
    assert not Practice.objects.exists()  # a visit makes none
    held.town.post(page)
    draft = Practice.objects.get()
    step = reverse("practice-step", args=[draft.slug, "remove_draft"])
    title = draft.text.title

    others = (step in held.expert.get(draft.get_absolute_url()).text, held.expert.post(step))
    kept = Practice.objects.get().status
    held.efua.memberships.update(roles=["expert"])  # for a while she writes no more for the town
    reads_only = step in held.town.get(draft.get_absolute_url()).text
    held.efua.memberships.update(roles=["editor"])
    own = step in held.town.get(draft.get_absolute_url()).text
    after = held.town.post(step, follow=True).text

    assert (draft.year_from, draft.year_to) == (2017, 2018)
    assert (others[0], kept, reads_only, own) == (False, "draft", False, True)
    assert "The draft has been deleted." in after and title not in after
    told = held.staff.get(draft.get_absolute_url(), follow=True).text
    assert "This draft of a practice was deleted." in told and title not in told
    assert Client().get(draft.get_absolute_url()).status_code == 404
    assert (Practice.objects.get().status, draft.texts.count()) == ("removed", 0)


def test_a_first_draft_holds_what_the_exchange_already_says(held):
    make_report(held, value=2)
    practice = begun(held)

    text = practice.texts.get()
    assert (text.title, text.summary) == (held.dossier.title, "")
    assert (
        text.result
        == "License the private emptiers (planned): Operators with a licence, 2 operators"
    )
    assert [topic.code for topic in practice.topics.all()] == ["water-sanitation/faecal-sludge"]
    neighbour = signed_in(make_user(works_for=make_authority()))
    assert neighbour.get(practice.get_absolute_url()).status_code == 404


def test_both_sides_write_read_and_agree_before_staff_publish_it(held):
    practice = begun(held)
    early = take(held.town, practice, "submit_practice")
    held.expert.post(page("write", practice, practice.language), WORDS)
    bare = take(held.expert, practice, "submit_practice")
    photographed(held.expert, practice)
    sent = take(held.expert, practice, "submit_practice")
    by_town = take(held.town, practice, "approve_practice")
    unagreed = take(held.staff, practice, "approve_practice")
    with pytest.raises(TransitionRefused, match="the agreement of the local authority that did it"):
        practice_machine.advance(practice, "approve_practice", actor=make_officer())
    of_exchange = reverse("practices-of", args=[held.reference])
    waits = []
    for client in (held.town, held.expert):
        waits.append("Waiting for the agreement of: the " in client.get(of_exchange).text)
        agree(client, practice)
    for address in (of_exchange, practice.get_absolute_url()):
        waits.append(
            "With the programme team: both sides have agreed." in held.town.get(address).text
        )
    to_read = Letter.objects.filter(template="practice_to_read").first()
    assert "agreed, the programme team publishes it" in compose_letter(to_read)[1]
    assert waits == [True] * 4
    approved = take(held.staff, practice, "approve_practice")
    public = take(held.staff, practice, "publish_practice")

    assert [early, bare, sent, by_town, unagreed, approved, public] == [
        *("draft", "draft", "review", "review", "review", "approved", "published"),
    ]
    told = Letter.objects.filter(template="practice_published")
    assert {held.efua.email, held.ineke.email} < {letter.address for letter in told}
    # The page is public: the mayor, who has no account, gets its address too.
    assert [practice.path in compose_letter(letter)[1] for letter in told] == [True] * len(told)
    desk = []
    for _ in range(2):
        desk.append("Remove a picture" in held.staff.get(practice.get_absolute_url()).text)
        practice.photos.all().delete()
    assert desk == [True, False]  # of none there is nothing to take away
    shown = Client().get(practice.get_absolute_url())
    assert "The first fee was too high" in shown.text and "CC BY 4.0" in shown.text
    assert held.efua.email not in shown.text and held.ineke.name not in shown.text


def test_other_words_are_agreed_anew_and_the_same_words_are_not(held):
    practice = written(held)
    take(held.town, practice, "submit_practice")
    agree(held.town, practice)

    held.expert.post(page("write", practice, practice.language), WORDS)
    same = practice.agreements.count()
    held.expert.post(page("write", practice, practice.language), WORDS | {"cost": "Nothing."})
    letter = Letter.objects.get(template="practice_changed")

    assert (same, practice.agreements.count()) == (1, 0)
    told = (letter.address, letter.context["changed"], letter.context["again"])
    assert told == (held.efua.email, ["what it cost, in money and staff"], True)
    shown = [held.town.get(practice.get_absolute_url()).text]
    agree(held.town, practice)
    shown.append(held.town.get(practice.get_absolute_url()).text)
    assert ["agreement no longer counts. Please read it again." in one for one in shown] == [
        True,
        False,
    ]
    assert ["We agree to its publication" in one for one in shown] == [True, False]


def test_a_translation_stands_beside_its_original_and_is_found_in_its_words(held):
    practice = written(held)
    other = "fr" if practice.language != "fr" else "en"
    beside = held.town.get(page("write", practice, other)).text
    french = dict.fromkeys(("problem", "done", "result", "cost", "failed", "conditions"), "")
    french |= {"title": "Agréer les vidangeurs privés", "summary": "La ville agrée six vidangeurs."}
    held.town.post(page("write", practice, other), french)
    take(held.town, practice, "submit_practice")
    for client in (held.town, held.expert):
        agree(client, practice)
    for verb in ("approve_practice", "publish_practice"):
        take(held.staff, practice, verb)
    search_index.reindex()

    found = {
        words: practice.slug in Client().get(reverse("practices"), {"q": words}).text
        for words in ("vidangeur", "licence", "agona ouest", "discharging", "zebra")
    }

    assert "Sludge was left in the river" in beside
    assert found == {
        **dict.fromkeys(("vidangeur", "licence", "agona ouest", "discharging"), True),
        "zebra": False,
    }
    assert practice.slug in Client().get(reverse("practice-feed")).text
    assert "Agréer les vidangeurs privés" in Client().get(f"/fr/practices/{practice.slug}/").text


def test_a_practice_that_is_published_again_keeps_its_first_date(held):
    practice = published(held)
    first = practice.published_at - timedelta(days=100)
    Practice.objects.filter(pk=practice.pk).update(published_at=first)
    take(held.staff, practice, "archive", note="The by-law changes.")

    take(held.staff, practice, "publish_practice")

    assert (practice.status, practice.published_at) == ("published", first)


def test_nobody_agrees_to_a_text_that_they_have_not_seen_and_who_did_takes_it_back(held):
    """“We agree”, pressed on a page of before, was saved for a text that was never read."""
    practice = written(held)
    take(held.town, practice, "submit_practice")
    older = practice.digest
    held.expert.post(
        page("write", practice, practice.language), WORDS | {"failed": "The first year."}
    )

    unseen = held.town.post(page("agree", practice), {"digest": older}, follow=True).text
    agreed = [practice.agreements.count()]
    agree(held.town, practice)
    agreed.append(practice.agreements.count())
    offered = held.town.get(practice.get_absolute_url()).text
    held.town.post(page("agree", practice), {"take_back": "yes"})

    assert "The text has changed since you opened this page" in unseen
    assert agreed == [0, 1] and practice.agreements.count() == 0
    assert "Take back our agreement" in offered
    assert practice.events.last().verb == "take_back_agree"


def test_an_unpublished_practice_is_corrected_and_agreed_to_before_it_is_published_again(held):
    """It could be edited by nobody, and published again as it was alone."""
    practice = published(held)
    take(held.town, practice, "archive", note="The figures are not ready.")
    archived = held.town.get(practice.get_absolute_url()).text

    held.town.post(
        page("write", practice, practice.language), WORDS | {"failed": "The first year."}
    )
    unasked = take(held.staff, practice, "publish_practice")
    for client in (held.town, held.expert):
        agree(client, practice)
    again = take(held.staff, practice, "publish_practice")

    assert "The text changed on" not in archived and "Waiting for the agreement of" in archived
    assert (unasked, again) == ("archived", "published")
    assert "The first year." in Client().get(practice.get_absolute_url()).text


def test_what_a_side_took_off_is_published_again_once_that_side_agrees_anew(held):
    """The council had asked for it, and an officer published it again with one press."""
    practice = published(held)
    take(held.expert, practice, "archive", note="The council asked for it.")

    unasked = take(held.staff, practice, "publish_practice")
    page = held.expert.get(practice.get_absolute_url()).text
    agree(held.expert, practice)
    agreed = take(held.staff, practice, "publish_practice")

    assert (unasked, agreed) == ("archived", "published")
    assert "We agree to its publication" in page


def test_either_side_takes_it_off_at_once_and_says_why(held):
    practice = published(held)

    silent = take(held.expert, practice, "archive")
    gone = take(held.expert, practice, "archive", note="The council asked for it.")
    search_index.reindex()

    assert (silent, gone) == ("published", "archived")
    assert Client().get(practice.get_absolute_url()).status_code == 404
    assert practice.slug not in Client().get(reverse("practices")).text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"title": "x" * 121}, "at most 120 characters"),
        ({"summary": "x" * 501}, "at most 500 characters"),
        ({"year_from": "2027", "year_to": "2026"}, "It cannot end before it begins."),
        ({"topics": []}, "This field is required."),
        ({"topics": ["no/such"]}, "Select a valid choice."),
    ],
)
def test_each_rule_says_what_is_wrong_and_keeps_what_was_typed(held, changed, words):
    practice = begun(held)

    answer = held.town.post(page("write", practice, practice.language), WORDS | changed)

    assert words in answer.text and WORDS["failed"] in answer.text
    assert practice.texts.get().failed == ""


@pytest.mark.parametrize(
    "name", ["summary", "problem", "done", "result", "cost", "failed", "conditions"]
)
def test_nothing_is_read_by_both_sides_before_it_is_whole(held, name):
    practice = written(held, **{name: "Too short." if name == "summary" else ""})

    assert take(held.town, practice, "submit_practice") == "draft"


def test_whoever_writes_a_draft_reads_in_the_form_what_it_still_needs(held):
    practice = begun(held)
    form = page("write", practice, practice.language)

    def needed():
        written_page = html.fromstring(held.town.get(form).text)
        return [one.text_content() for one in written_page.xpath("//form/preceding-sibling::ul/li")]

    at_first = needed()
    held.town.post(form, WORDS | {"failed": ""})
    [closed] = html.fromstring(held.town.get(practice.get_absolute_url()).text).xpath(
        "//details[contains(., 'Still needed')]"
    )

    assert "a picture" in at_first and "what did not work" in at_first
    assert needed() == ["what did not work", "a picture"]
    assert closed.get("open") is not None


def test_pictures_are_drawn_anew_with_words_for_who_cannot_see_them(held):
    practice = begun(held)
    held.town.post(page("write", practice, practice.language), WORDS)
    exif = Image.Exif()
    exif[0x9286] = "here we are"

    photographed(held.town, practice, drawing(exif=exif))
    bare = photographed(held.town, practice, alt="")
    wrong = photographed(held.town, practice, b"%PDF-1.4 not a picture")
    picture = practice.photos.get()
    draft = Client().get(page("photo", practice, picture.pk)).status_code
    take(held.town, practice, "submit_practice")
    for client in (held.town, held.expert):
        agree(client, practice)
    for verb in ("approve_practice", "publish_practice"):
        take(held.staff, practice, verb)
    shown = Client().get(page("photo", practice, picture.pk))
    kept = Image.open(io.BytesIO(b"".join(shown.streaming_content)))

    assert (kept.size, len(kept.getexif())) == ((1280, 720), 0)
    assert draft == 404 and ".." not in picture.file.name
    assert (
        "This field is required." in bare.text
        and "Despite its name, this file is not a JPEG" in wrong.text
    )
    described = 'alt="A pump at the river" width="1280" height="720"'
    assert described in Client().get(practice.get_absolute_url()).text


def test_a_picture_of_the_exchange_is_shown_where_everybody_in_it_agreed(held):
    practice = begun(held)
    shown = reverse("exchange-pictures", args=[held.reference])
    for has_consent in ("on", ""):
        file = SimpleUploadedFile("bed.jpg", drawing())
        said = {"alt": f"A drying bed {has_consent}", "credit": "Kofi"}
        held.town.post(
            shown, said | {"file": file} | ({"has_consent": "on"} if has_consent else {})
        )
    public, private = held.pictures.all()

    for picture in (public, private):
        for _twice in range(2):
            held.expert.post(page("photos", practice), {"take": picture.pk})

    assert [photo.alt for photo in practice.photos.all()] == ["A drying bed on"]
    assert practice.photos.get().file.name != public.file.name
    listed = held.town.get(page("photos", practice)).text
    assert "Show it here too" not in listed and 'A drying bed "' not in listed


def test_a_picture_leaves_a_practice_once_somebody_on_it_thinks_again(held):
    """Consent of the person: withdrawn, it disappears with the next request."""
    practice = begun(held)
    said = {"alt": "Esi at a bed", "credit": "Kofi", "has_consent": "on"}
    esi = held.participants.first()
    pictures = reverse("exchange-pictures", args=[held.reference])
    file = SimpleUploadedFile("bed.jpg", drawing())
    held.town.post(pictures, said | {"file": file, "people": [esi.pk]})
    picture = held.pictures.get()
    held.expert.post(page("photos", practice), {"take": picture.pk})
    early = practice.photos.count()

    picture.people.update(agrees=True)
    held.expert.post(page("photos", practice), {"take": picture.pk})
    photo = page("photo", practice, practice.photos.get().pk)
    shown = held.town.get(photo).status_code
    picture.people.update(agrees=False)
    kept = held.town.post(pictures, {"remove": picture.pk}, follow=True).text

    assert (early, shown, held.town.get(photo).status_code) == (0, 200, 404)
    assert "Esi at a bed" not in held.town.get(practice.get_absolute_url()).text
    assert "A good practice shows this picture" in kept


def test_an_expert_who_left_reads_the_practice_and_writes_it_no_more(held):
    practice = begun(held)
    address = reverse("practice-write", args=[practice.slug, practice.language])

    before = held.expert.get(address).status_code
    held.match.interests.update(authority=make_authority("Where they were"))
    after = [held.expert.get(one).status_code for one in (address, practice.get_absolute_url())]

    assert (before, after) == (200, [404, 200])


def test_staff_take_files_of_a_closed_exchange_away_and_its_practice_loses_the_picture(
    held, django_capture_on_commit_callbacks
):
    """Nobody could once it was closed, and a published practice went on showing it."""
    practice = begun(held)
    pictures = reverse("exchange-pictures", args=[held.reference])
    said = {"alt": "Esi at a bed", "credit": "Kofi", "has_consent": "on"}
    held.town.post(pictures, said | {"file": SimpleUploadedFile("bed.jpg", drawing())})
    picture = held.pictures.get()
    held.expert.post(page("photos", practice), {"take": picture.pk})
    photo = practice.photos.get()
    line = make_budget_line(held, receipt="receipts/bill", receipt_name="bill.pdf")
    type(held).objects.update(status="closed")
    Practice.objects.update(status="published")
    withdraw = reverse("exchange-withdraw", args=[held.reference])
    shown = f'alt="{said["alt"]}" width'

    def post(client, file, reason):
        return client.post(withdraw, {"file": file, "reason": reason}, follow=True)

    before = shown in Client().get(practice.get_absolute_url()).text
    refused = post(held.town, f"picture-{picture.pk}", "It is mine").status_code
    bare = post(held.staff, f"picture-{picture.pk}", "").text
    kept = held.pictures.count()
    with django_capture_on_commit_callbacks(execute=True):
        for file in (f"picture-{picture.pk}", f"receipt-{line.pk}"):
            post(held.staff, file, "Esi asks for it")
    line.refresh_from_db()
    files = [default_storage.exists(one.file.name) for one in (picture, photo)]
    reasons = [
        "Esi asks for it" in client.get(held.get_absolute_url()).text
        for client in (held.staff, held.town)
    ]

    assert (before, refused, kept) == (True, 404, 1) and "This field is required." in bare
    assert not held.pictures.exists() and (line.receipt.name, line.receipt_name) == ("", "")
    assert files == [False, False] and reasons == [True, False]
    assert shown not in Client().get(practice.get_absolute_url()).text
    assert "removed a picture of the exchange" in held.staff.get(practice.get_absolute_url()).text


def test_staff_take_a_picture_of_a_practice_away_in_any_status_for_a_reason(
    held, django_capture_on_commit_callbacks
):
    practice = begun(held)
    photographed(held.town, practice)
    photo = practice.photos.get()
    Practice.objects.update(status="archived")
    choice = {"file": f"photo-{photo.pk}", "reason": "Kofi asks for it"}

    refused = held.town.post(page("withdraw", practice), choice).status_code
    link = page("withdraw", practice) in held.staff.get(practice.get_absolute_url()).text
    with django_capture_on_commit_callbacks(execute=True):
        done = held.staff.post(page("withdraw", practice), choice, follow=True).text
    again = held.staff.post(page("withdraw", practice), choice, follow=True).text
    timeline = held.staff.get(practice.get_absolute_url()).text

    assert (refused, link, practice.photos.count()) == (404, True, 0)
    assert not default_storage.exists(photo.file.name)
    assert "The file has been removed." in done and "This good practice has no pictures." in again
    assert "A picture was removed" in timeline and "Kofi asks for it" in timeline


def test_a_translation_older_than_its_original_says_so_until_it_is_looked_at(held):
    practice = published(held)
    other = "fr" if practice.language != "fr" else "en"
    french = WORDS | {"title": "Agréer les vidangeurs privés"}
    held.staff.post(page("write", practice, other), french)
    fresh = Client().get(practice.get_absolute_url(), {"language": other}).text

    held.staff.post(page("write", practice, practice.language), WORDS | {"cost": "Two officers."})
    stale = Client().get(practice.get_absolute_url(), {"language": other}).text
    to_do = held.staff.get(page("write", practice, other)).text
    held.staff.post(page("write", practice, other), french)
    again = Client().get(practice.get_absolute_url(), {"language": other}).text

    words = "The original has changed since this was translated."
    assert [words in page for page in (fresh, stale, again)] == [False, True, False]
    assert "The original has changed since this translation was saved" in to_do


def test_openings_by_others_than_its_writers_are_counted(held):
    practice = published(held)

    held.town.get(practice.get_absolute_url())
    for browser in ("one", "two", "two", "three"):  # a reload by one reader counts once
        shown = Client().get(practice.get_absolute_url(), headers={"User-Agent": browser})
    Client().head(practice.get_absolute_url())

    practice.refresh_from_db()
    assert practice.views == 3 and "Read 2 times" in shown.text


def test_a_town_that_did_the_same_says_so_once_and_only_for_itself(held):
    practice = published(held)
    thies = make_authority("Thiès", country="SN")
    awa, elsewhere = signed_in(make_user("Awa", works_for=thies)), make_authority()
    told = {"authority": thies.pk, "words": "We licensed four operators."}

    for _ in range(2):
        awa.post(page("used", practice), told)
    awa.post(page("used", practice), told | {"authority": elsewhere.pk})
    Client().post(page("used", practice), told)
    reader = signed_in(make_user("Binta", works_for=thies, roles=["expert"]))
    reader.post(page("used", practice), told | {"words": "H6: no word of the town's."})

    assert [(use.authority, use.words) for use in Use.objects.all()] == [(thies, told["words"])]


def test_who_returns_to_what_they_said_at_first_is_read_again(held):
    """No e-mail told of it, and it waited unseen for ever."""
    practice = published(held)
    thies = make_authority("Thiès", country="SN")
    awa = signed_in(make_user("Awa", works_for=thies))

    for words in ("We licensed four.", "We licensed five.", "We licensed four."):
        awa.post(page("used", practice), {"authority": thies.pk, "words": words})

    told = Letter.objects.filter(template="practice_used", address=held.efua.email)
    assert [one.context["text"] for one in told.order_by("pk")] == [
        *("We licensed four.", "We licensed five.", "We licensed four.")
    ]


def test_what_others_did_is_shown_once_the_town_or_staff_have_read_it(held):
    """H33: it was public at once, with addresses and telephones, and nobody could take it off."""
    practice = published(held)
    thies = make_authority("Thiès", country="SN")
    awa = make_user("Awa", works_for=thies)
    town = {"authority": thies.pk}

    refused = [
        signed_in(awa).post(page("used", practice), town | {"words": words}).text
        for words in ("See https://evil.test", "Write to a@evil.test", "Call +233 24\u200b1234567")
    ]
    nobody = signed_in(make_user()).post(page("used", practice), {"words": "W"}, follow=True).text
    signed_in(awa).post(page("used", practice), town | {"words": "We licensed four operators."})
    use = Use.objects.get()

    def is_shown():
        return "We licensed four operators." in Client().get(practice.get_absolute_url()).text

    shown = [is_shown()]
    told = set(Letter.objects.filter(template="practice_used").values_list("address", flat=True))
    stranger = signed_in(awa).post(page("used", practice), {"accept": use.pk}).status_code
    held.town.post(page("used", practice), {"accept": use.pk})
    shown.append(is_shown())
    held.staff.post(page("used", practice), {"remove": use.pk})  # without a reason
    shown.append(is_shown())
    held.staff.post(page("used", practice), {"remove": use.pk, "note": "It advertises."})
    shown.append(is_shown())

    assert ["leave out e-mail addresses, telephone numbers and" in one for one in refused] == [
        True
    ] * 3
    assert "Only a person who writes or signs for a local authority" in nobody and stranger == 403
    assert {held.efua.email, held.ineke.email, held.ines.email} <= told
    assert shown == [False, True, True, False]
    why = Letter.objects.get(template="practice_use_removed", address=awa.email)
    assert "It advertises." in why.context["note"]
    assert "It advertises." in practice.events.get(verb="remove_use").details["note"]


def test_words_that_changed_since_they_were_read_are_not_shown(held):
    """H33: the author swapped a nice text between the look and the press."""
    practice, thies = published(held), make_authority("Thiès", country="SN")
    awa = signed_in(make_user("Awa", works_for=thies))
    told = {"authority": thies.pk}
    awa.post(page("used", practice), told | {"words": "We licensed four operators."})
    use = Use.objects.get()
    shown = html.fromstring(held.town.get(practice.get_absolute_url()).text)
    (seen,) = shown.xpath("//input[@name='seen']/@value")

    awa.post(page("used", practice), told | {"words": "We regret all of it."})
    typed = {"accept": use.pk, "seen": seen}
    refused = held.town.post(page("used", practice), typed, follow=True).text

    assert "These words have changed in the meantime: read them again" in refused
    assert "We regret all of it." not in Client().get(practice.get_absolute_url()).text


def test_a_reader_writes_to_the_town_without_seeing_its_address(held):
    practice = published(held)
    reader = make_user("Awa", works_for=make_authority())

    signed_in(reader).post(page("contact", practice), {"text": "How high is the fee?"})

    letter = Letter.objects.filter(template="practice_message", address=held.efua.email).get()
    assert (letter.context["text"], letter.context["answer_to"]) == (
        "How high is the fee?",
        reader.email,
    )
    page_of = signed_in(reader).get(practice.get_absolute_url()).text
    assert held.efua.email not in page_of and held.dossier.focal_email not in page_of


def test_what_is_near_is_named_by_a_worker_across_languages(held):
    first = published(held)
    others = {}
    for slug, language, title, topics in (
        ("vidange", "fr", "Agréer les vidangeurs de boues", first.topics.all()),
        ("theatre", "en", "A theatre in the old market hall", first.topics.all()),
        # In the very words, and of another topic
        ("copy", "en", first.in_language("en").title, []),
    ):
        one = Practice.objects.create(
            slug=slug,
            exchange=held,
            status="published",
            language=language,
            year_from=2026,
            year_to=2026,
        )
        one.texts.create(language=language, title=title, summary=title)
        one.topics.set(topics)
        others[slug] = one.pk

    changed = listing.relate_practices()
    again = listing.relate_practices()

    first.refresh_from_db()
    assert changed >= 2 and again == 0
    assert first.related[0] == others["vidange"]
    assert others["copy"] not in first.related


def test_after_two_years_both_sides_are_asked_whether_it_is_still_right(held):
    practice = published(held)
    today = timezone.now()

    asked = [review.request_reviews(today + timedelta(days=days)) for days in (700, 731, 732)]
    held.town.post(page("step", practice, "confirm"))
    Practice.objects.update(reviewed_on=timezone.localdate() + timedelta(days=731))
    later = review.request_reviews(today + timedelta(days=740))

    people = Letter.objects.filter(template="practice_review").count()
    assert asked == [0, people, 0] and people >= 2 and later == 0
    stranger = signed_in(make_user(works_for=make_authority()))
    assert stranger.post(page("step", practice, "confirm")).status_code == 403


def test_a_step_out_of_turn_changes_nothing(held):
    practice = written(held)
    make_measure(held)

    for verb, transition in practice_machine.transitions.items():
        if "draft" not in transition.sources:
            take(held.staff, practice, verb, note="Because.")
            assert practice.status == "draft"


def test_what_a_practice_lacks_is_said_with_who_has_it_and_no_button_that_is_refused(held):
    """“Approve” was offered while the agreement of the local authority was missing."""
    practice = written(held)
    take(held.town, practice, "submit_practice")
    step = page("step", practice, "approve_practice")
    address = practice.get_absolute_url()

    first = held.staff.get(address).text
    agree(held.town, practice)
    second = held.staff.get(address).text
    agree(held.expert, practice)
    third = held.staff.get(address).text

    town, experts = practice.authority.place, held.ineke.name
    asks = f"the agreement of the local authority that did it: {town}"
    helped = f"the agreement of the experts who helped: {experts}"
    assert [(asks in one, helped in one) for one in (first, second, third)] == [
        (True, True),
        (False, True),
        (False, False),
    ]
    assert [step in one for one in (first, second, third)] == [False, False, True]


def test_an_agreement_of_both_parties_by_one_person_stands_in_two_different_lines(held):
    practice = written(held)
    take(held.town, practice, "submit_practice")
    held.ineke.memberships.create(
        authority=held.dossier.authority, roles=["editor"], status="active"
    )
    agree(held.expert, practice)

    agreed_lines = practice.events.filter(verb="agree_practice")

    said = [[str(line) for line in one.changes] for one in agreed_lines]
    assert said == [["the local authority that did it"], ["the experts who helped"]]


def test_a_step_that_others_see_says_what_it_does_and_whom_it_tells_before_it_is_pressed(held):
    """“Publish” put it before everybody at one press, with an e-mail to both sides."""
    practice = written(held)

    def asked(client, verb):
        whole = html.fromstring(client.get(practice.get_absolute_url()).content)
        [form] = whole.xpath(f"//form[@action='{page('step', practice, verb)}']")
        [folded] = form.xpath("./ancestor::details[not(@open)]")
        return " ".join(folded.text_content().split())

    sending = asked(held.town, "submit_practice")
    take(held.town, practice, "submit_practice")
    for client in (held.town, held.expert):
        agree(client, practice)
    approving = asked(held.staff, "approve_practice")
    take(held.staff, practice, "approve_practice")
    publishing = asked(held.staff, "publish_practice")

    assert "Both sides are asked to read it" in sending and held.ineke.name in sending
    assert "You can still return it to its authors" in approving
    assert "No e-mail is sent." in approving
    assert (
        "Everybody can find and read it" in publishing
        and "You can unpublish it later" in publishing
    )
    assert "An e-mail is sent to: " in publishing and held.efua.name in publishing
    assert take(held.staff, practice, "publish_practice") == "published"
    assert take(held.staff, practice, "archive", note="Too early.") == "archived"
