"""An expert's profile: written in rows, kept true, shown to those it is meant for."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from babel.core import get_global
from babel.languages import get_official_languages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from icalendar import Calendar
from PIL import Image

from connect.dates import day_words
from notifications.letter_text import compose_letter
from notifications.models import Letter
from registry import availability, confirmation, employers, members, profiles, search_index
from registry.enums import OfferStatus, Role, languages_by_name
from registry.models import Expert
from tests.factories import make_authority, make_expert, make_offer, make_officer, make_user
from tests.languages import CODES
from tests.registry.profiles import PROFILE_DATA, profile_data
from tests.worlds import signed_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture
def ineke():
    almere = make_authority("Almere", country="NL")
    person = make_user("Ineke", works_for=almere, roles=[Role.EXPERT])
    person.at = almere
    return person


def picture(format_="JPEG"):
    drawn = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    Image.new("RGB", (900, 600)).save(drawn, format_, exif=exif)
    return SimpleUploadedFile("me.jpg", drawn.getvalue())


def test_a_profile_is_written_in_rows_and_reads_back_as_it_was(ineke):
    client, page = signed_in(ineke), reverse("profile")

    client.post(page, profile_data(ineke.at))
    again = client.get(page).content.decode()

    expert = Expert.objects.get()
    assert expert.languages == {"en": "C1", "nl": "native"}
    assert [(t.theme.code, t.level, t.evidence) for t in expert.topics.all()] == [
        ("water-sanitation/faecal-sludge", 3, PROFILE_DATA["evidence_1"])
    ]
    assert [str(mission) for mission in expert.past_missions.all()] == ["2019, Ghana"]
    assert PROFILE_DATA["evidence_1"] in again and "A tariff that the council voted." in again


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"language_1": ""}, "language_1"),
        ({"level_2": ""}, "level_2"),
        ({"mastery_1": ""}, "mastery_1"),
        ({"evidence_1": "Too short"}, "evidence_1"),
        ({"evidence_1": f"{PROFILE_DATA['evidence_1']} Call +31 6 1234 5678."}, "evidence_1"),
        ({"outcome_1": "All of it stands at http://evil.example/list"}, "outcome_1"),
        ({"topic_2": PROFILE_DATA["topic_1"], "mastery_2": "1"}, "topic_2"),
        ({"country_1": ""}, "country_1"),
        ({"year_1": "1200"}, "year_1"),
        ({"years": "9", "local_years": "8"}, "local_years"),
        ({"years": "61"}, "years"),
        ({"visibility": "nobody"}, "visibility"),
    ],
)
def test_what_cannot_be_is_said_by_its_field_and_nothing_is_kept(ineke, changed, wrong):
    response = signed_in(ineke).post(reverse("profile"), profile_data(ineke.at, **changed))

    assert list(response.context["form"].errors) == [wrong]
    assert not Expert.objects.exists()


@pytest.mark.parametrize(
    ("role_type", "function", "is_asked"),
    [
        ("technical", "councillor", True),
        ("technical", "mayor", True),
        ("elected", "chief-executive", True),
        ("elected", "councillor", False),
        ("elected", "water", False),
        ("technical", "chief-executive", False),
    ],
)
def test_an_unlikely_role_is_asked_about_and_saved_where_it_is_meant(
    ineke, role_type, function, is_asked
):
    """“Technical · councillor” was saved without a word."""
    client, page = signed_in(ineke), reverse("profile")
    typed = profile_data(ineke.at, role_type=role_type, function=function)

    first = client.post(page, typed)
    saved = Expert.objects.exists()
    client.post(page, typed | {"meant": "on"})

    assert saved is not is_asked
    if is_asked:
        assert list(first.context["form"].errors) == ["role_type"]
        assert 'name="meant"' in first.text
    assert Expert.objects.get().function == function


def test_nobody_makes_a_profile_for_an_authority_that_is_not_theirs(ineke):
    other = make_authority()

    response = signed_in(ineke).post(reverse("profile"), profile_data(other))

    assert list(response.context["form"].errors) == ["authority"]


def test_a_row_is_taken_out_before_anything_is_saved(ineke):
    client, page = signed_in(ineke), reverse("profile")
    client.post(page, profile_data(ineke.at))

    shown = client.post(page, profile_data(ineke.at, remove="language:1"))

    assert shown.context["form"].data["language_1"] == "nl"
    assert Expert.objects.get().languages == {"en": "C1", "nl": "native"}
    client.post(
        page,
        profile_data(ineke.at)
        | {"language_1": "nl", "level_1": "native", "language_2": ""}
        | {"level_2": ""},
    )
    assert Expert.objects.get().languages == {"nl": "native"}


def test_a_photograph_is_made_small_loses_its_camera_and_is_seen_with_the_profile(ineke):
    client = signed_in(ineke)
    client.post(reverse("profile"), profile_data(ineke.at) | {"photo": picture()})
    expert = Expert.objects.get()
    page = reverse("photo", args=[expert.slug])

    shown = Client().get(page)
    with Image.open(io.BytesIO(b"".join(shown))) as photo:
        assert (photo.size, dict(photo.getexif())) == ((480, 320), {})
    Expert.objects.update(visibility="staff")
    assert (Client().get(page).status_code, client.get(page).status_code) == (404, 200)
    wrong = SimpleUploadedFile("me.jpg", b"<svg onload=alert(1)>")
    refused = client.post(reverse("profile"), profile_data(ineke.at) | {"photo": wrong})
    assert list(refused.context["form"].errors) == ["photo"]


def test_the_page_says_what_would_make_it_found_more_often(ineke):
    client = signed_in(ineke)
    client.post(reverse("profile"), profile_data(ineke.at))
    expert = Expert.objects.get()
    page = expert.get_absolute_url()

    before = client.get(page).context["complete"]
    offer = make_offer(expert)
    after = client.get(page).context
    gone = reverse("offer-step", args=[offer.pk, "remove"])
    offered = gone in client.get(page).text
    said = client.post(gone, follow=True).text

    assert "The offer has been deleted." in said
    assert (before, after["complete"]) == (50, 70)
    assert offered and list(client.get(page).context["offers"]) == []
    assert "Add a photograph." in after["lacking"]
    assert "Add a photograph." not in Client().get(page).content.decode()


def test_topics_that_an_offer_speaks_of_are_suggested_and_added_with_one_click(ineke):
    client = signed_in(ineke)
    client.post(reverse("profile"), profile_data(ineke.at))
    expert = Expert.objects.get()
    make_offer(
        expert, title="Eclairage", language="fr", text="Nous avons refait l'éclairage public."
    )

    suggested = client.get(expert.get_absolute_url()).context["suggested"]
    client.post(reverse("profile-topic"), {"topic": suggested[0].code})
    client.post(reverse("profile-topic"), {"topic": "no/such-topic"})

    assert [theme.code for theme in suggested] == ["energy/street-lighting"]
    codes = set(expert.topics.values_list("theme__code", flat=True))
    assert codes == {"water-sanitation/faecal-sludge", "energy/street-lighting"}
    assert profiles.suggested_topics(expert) == []


def test_the_employer_agrees_by_a_link_that_reading_leaves_alone(ineke):
    client = signed_in(ineke)
    client.post(reverse("profile"), profile_data(ineke.at))
    lacking = client.post(reverse("profile-employer"), follow=True).content.decode()
    employer = {"employer_name": "The clerk", "employer_email": "clerk@almere.example"}
    client.post(reverse("profile"), profile_data(ineke.at, **employer))
    for _ in range(2):
        client.post(reverse("profile-employer"))
    expert = Expert.objects.get()
    page = f"/en{expert.link_path}"

    for _ in range(3):
        Client().get(page)
    read = Expert.objects.get().employer_agrees
    Client().post(page, {"answer": "yes"})
    own = " ".join(Client().get(page).text.split())

    today = day_words(timezone.localdate())
    assert f'agree in principle</span> <span class="hint">answered on {today}</span>' in own
    assert "First name your superior" in lacking
    assert [one.opens.path for one in Letter.objects.filter(template="employer_asked")] == [
        expert.link_path
    ]
    assert (read, Expert.objects.get().employer_agrees) == (None, True)
    assert Client().get("/en/experts/agree/forged/").status_code == 404


def test_an_expert_hears_that_their_superior_says_no_and_asks_again(ineke):
    """No e-mail told it, no button asked again, and an offer was published without a word of it."""
    client = signed_in(ineke)
    clerk = {"employer_name": "The clerk", "employer_email": "clerk@almere.example"}
    client.post(reverse("profile"), profile_data(ineke.at, **clerk))
    expert = Expert.objects.get()
    offer = make_offer(expert, status="draft")
    for _ in range(2):
        employers.answer_as_superior(expert, agrees=False)
    told = Letter.objects.filter(template="employer_answered")
    own = client.get(expert.get_absolute_url()).text
    published = client.post(reverse("offer-step", args=[offer.pk, "publish"]), follow=True).text

    client.post(reverse("profile-employer"))

    again = client.get(expert.get_absolute_url()).text
    assert list(told.values_list("address", "context__agrees")) == [(ineke.email, False)]
    assert "The clerk does not agree." in own and "Ask again" in own
    assert "The clerk does not agree in principle: each exchange needs their" in published
    assert "The clerk was asked on" in again and "does not agree" not in again


def test_another_superior_has_agreed_to_nothing_yet(ineke):
    client = signed_in(ineke)
    clerk = {"employer_name": "The clerk", "employer_email": "clerk@almere.example"}
    client.post(reverse("profile"), profile_data(ineke.at, **clerk))
    employers.answer_as_superior(Expert.objects.get(), agrees=True)

    client.post(reverse("profile"), profile_data(ineke.at, **clerk, years="7"))
    same = Expert.objects.get().employer_agrees
    client.post(
        reverse("profile"), profile_data(ineke.at, **clerk | {"employer_email": "new@b.example"})
    )

    assert (same, Expert.objects.get().employer_agrees) == (True, None)


def test_a_profile_is_asked_about_after_eleven_months_and_hidden_after_twelve():
    expert = make_expert("Ineke", confirmed_on=date(2026, 1, 25))
    offer = make_offer(expert)
    search_index.reindex()

    def on(day):
        return confirmation.follow_profiles(datetime(*day, 9, tzinfo=UTC))

    told = [on(day) for day in ((2026, 12, 24), (2026, 12, 25), (2026, 12, 26), (2027, 1, 25))]

    assert told == [
        {"reminded": 0, "hidden": 0},
        {"reminded": 1, "hidden": 0},
        {"reminded": 0, "hidden": 0},
        {"reminded": 1, "hidden": 1},
    ]
    assert on((2027, 1, 26)) == {"reminded": 0, "hidden": 0}
    offer.refresh_from_db()
    assert offer.status == OfferStatus.EXPIRED
    assert Client().get(expert.get_absolute_url()).status_code == 404
    assert Client().get(reverse("experts"), {"q": "ineke"}).context["result"].count == 0
    signed_in(expert.user).post(reverse("profile-confirm"))
    assert Client().get(expert.get_absolute_url()).status_code == 200


def test_free_days_are_a_calendar_to_follow():
    expert = make_expert("Ineke")
    offer = make_offer(expert)
    offer.windows.create(starts_on=date(2027, 3, 1), ends_on=date(2027, 3, 31))
    paused = make_offer(expert, status=OfferStatus.PAUSED)
    paused.windows.create(starts_on=date(2028, 3, 1), ends_on=date(2028, 3, 31))

    read = Calendar.from_ical(
        Client().get(availability.calendar_path(availability.create_calendar_link(expert))).content
    )

    (event,) = read.walk("VEVENT")
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (
        date(2027, 3, 1),
        date(2027, 4, 1),
    )
    assert event["uid"] == f"free-{offer.pk}-2027-03-01@connect"
    assert Client().get("/en/experts/free/forged.ics").status_code == 404


def test_a_stranger_confirms_nothing_of_another(ineke):
    expert = make_expert()
    Expert.objects.update(confirmed_on=NOW.date() - timedelta(days=300))

    assert signed_in(ineke).post(reverse("profile-confirm")).status_code == 404
    assert Expert.objects.get(pk=expert.pk).confirmed_on == NOW.date() - timedelta(days=300)


def test_nobody_names_their_own_address_as_their_superiors(client, ineke):
    """H6: a claim that an employer agrees is not confirmed by whoever makes it."""
    client.force_login(ineke)

    own = {"employer_name": "The clerk", "employer_email": ineke.email.upper()}
    refused = client.post(reverse("profile"), profile_data(ineke.at, **own)).text

    assert "nobody can agree for their own employer" in refused
    assert not Expert.objects.filter(user=ineke).exists()


def test_who_may_make_no_profile_yet_is_led_to_an_authority(ineke):
    nobody, asks = make_user("Karl"), make_user("Els")
    asks.memberships.create(authority=ineke.at, roles=["expert"], status="asked")

    alone = signed_in(nobody).get(reverse("profile")).text
    waiting = signed_in(asks).get(reverse("profile")).text
    member = signed_in(ineke).get(reverse("profile")).text

    join = f'href="{reverse("memberships")}"'
    assert "First ask to join yours" in alone and join in alone
    assert "to be an expert of Almere" in waiting and join in waiting
    assert not any('name="function_title"' in page for page in (alone, waiting))
    assert f'<option value="{ineke.at.pk}" selected>' in member


def test_who_leaves_is_told_that_the_offers_ended_and_the_page_says_one_thing(ineke):
    expert = make_expert("Ineke", ineke.at)
    offer = make_offer(expert)
    seen = {}

    members.end_membership(expert.user.memberships.get(), actor=expert.user)
    letter = Letter.objects.get(template="profile_left")
    seen["left"] = signed_in(expert.user).get(expert.get_absolute_url()).text
    expert.user.memberships.update(status="active")
    seen["old"] = signed_in(expert.user).get(expert.get_absolute_url()).text

    offer.refresh_from_db()
    assert (offer.status, letter.address) == ("expired", expert.user.email)
    assert "your published offers have ended" in compose_letter(letter)[1]
    assert not any("visible to: everybody" in text for text in seen.values())
    assert "Your profile is hidden because you have left Almere." in seen["left"]
    assert "Your profile is hidden because you have not confirmed" in seen["old"]


def test_an_offer_says_what_became_of_it_and_refuses_a_topic_twice_and_days_that_are_over(client):
    """E8, E29, E30."""
    offer = make_offer()
    client.force_login(offer.expert.user)
    address, today = reverse("offer", args=[offer.pk]), timezone.localdate()
    topic = "water-sanitation/faecal-sludge"
    typed = {"title": offer.title, "text": offer.text, "language": "en", "capacity": "2"}
    typed |= {"forms": ["expert_mission"], "topic_1": topic, "mastery_1": "3"}
    over = {"free_from": today - timedelta(days=9), "free_until": today - timedelta(days=1)}
    offer.windows.create(starts_on=over["free_from"], ends_on=over["free_until"])

    wrong = client.post(address, typed | over | {"topic_2": topic, "mastery_2": "1"})
    shown = client.get(offer.expert.get_absolute_url()).text
    saved = client.post(address, typed, follow=True).text

    assert wrong.context["form"].errors == {
        "topic_2": ["You have already chosen this topic."],
        "free_until": ["This period has passed: enter future dates, or leave both empty."],
    }
    assert "free: " not in shown
    assert "Your offer has been saved. It is published." in saved


def test_who_asks_to_be_an_expert_alone_is_led_to_the_profile_and_no_application(client):
    """E2, E6."""
    person, almere = make_user("Ineke"), make_authority("Almere")
    client.force_login(person)

    join = reverse("join", args=["authority", almere.slug])
    asked = client.post(join, {"roles": ["expert"], "function": "Engineer"}, follow=True).text
    mine = client.get(reverse("my")).text
    members.decide_membership(
        person.memberships.get(), accept=True, actor=make_officer(), grounds="Official address"
    )

    letter = Letter.objects.get(template="membership_decided", address=person.email)
    assert "start an application" not in (asked + mine).lower()
    assert asked.count("write your profile as an expert") == 2
    assert letter.path == "/account/expert/"
    assert "You can now write your profile as an expert" in compose_letter(letter)[1]


@pytest.mark.parametrize("language", CODES)
def test_an_offer_and_a_superior_have_the_language_of_the_page(ineke, language):
    browser = signed_in(ineke)

    browser.post(
        f"/{language}/account/expert/", profile_data(ineke.at, employer_email="jan@example.org")
    )
    page = browser.get(f"/{language}/account/offers/new/")

    assert page.context["form"]["language"].value() == language
    assert Expert.objects.get().employer_language == language


def test_a_superior_is_written_to_in_the_language_chosen_beside_them(ineke):
    """An expert who works in French has a superior who reads English."""
    browser, page = signed_in(ineke), "/fr/account/expert/"
    typed = profile_data(ineke.at, employer_email="jan@example.org")

    browser.post(page, typed | {"employer_language": "ar"})
    offered = browser.get(page).context["form"]["employer_language"].value()
    browser.post("/fr/account/expert/employer/")

    asked = Letter.objects.get(template="employer_asked")
    assert (offered, asked.address, asked.language) == ("ar", "jan@example.org", "ar")


# Official languages that have no name in CLDR, or are written as another: German, Chinese, Hindi.
NOT_WRITTEN = {"gsw", "hak", "hif", "nan", "nb", "tkl", "tzm", "wni", "yue", "zdj"}


@pytest.mark.parametrize(
    ("language", "polish"),
    [("en", "Polish"), ("fr", "Polonais"), ("es", "Polaco"), ("pt", "Polaco"), ("ar", "البولندية")],
)
def test_whatever_a_country_writes_officially_can_be_chosen_by_its_name(language, polish):
    official = {
        code.split("_")[0]
        for country in get_global("territory_languages")
        if len(country) == 2
        for code in get_official_languages(country, de_facto=True)
    }

    with translation.override(language):
        names = {code: str(name) for code, name in languages_by_name()}

    assert official - names.keys() == NOT_WRITTEN
    assert len(set(names.values())) == len(names)
    assert [code for code, name in names.items() if name.lower() == code] == []
    assert {"pl", "sv", "el", "cs", "km"} <= names.keys()
    assert names["pl"] == polish


def test_an_expert_who_works_in_a_language_that_nobody_foresaw_says_so(ineke):
    data = profile_data(ineke.at, language_1="pl", language_2="km")

    signed_in(ineke).post(reverse("profile"), data)

    assert Expert.objects.get().languages == {"pl": "C1", "km": "native"}
