"""What people paste: telephones, currencies, days, hours, addresses; read, or asked for."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags

from applications import section_answers
from applications.reading import list_differences
from connect.currencies import currencies_of, read_currency
from connect.hours import HourField, InstantField
from connect.pasted_values import (
    LineField,
    MailboxField,
    PageField,
    format_telephone,
    read_day,
    read_telephone,
)
from registry.addresses import own_domain
from tests.factories import make_authority, make_dossier, make_user
from tests.languages import CODES

MEETING = "https://teams.microsoft.com/l/meetup-join/19%3ameeting_" + "x" * 188
EFUA = "efua@agona.example"
WIKI = "https://fr.example/wiki/Lyon_(France)"
LETTERS = "write three letters, for example EUR, XOF or GHS"
NO_BLANKS = "An address has no blanks: copy all of it"
THREE_LETTERS = "write the three letters of the one you mean."
MONTH = "write the month as a word"


def asked(read, *typed):
    """Give what is read, or the words of the refusal."""
    try:
        return str(read(*typed))
    except ValidationError as refusal:
        return refusal.messages[0]


@pytest.mark.parametrize(
    ("read", "typed", "meant"),
    [
        (read_telephone, ("024 123 4567", "GH"), "+233 24 123 4567"),
        (read_telephone, ("+233 (0)24-123.4567",), "+233 24 123 4567"),
        (read_telephone, ("00221 77 123 45 67",), "+221 77 123 45 67"),
        (read_telephone, ("77 123 45 67", "SN"), "+221 77 123 45 67"),
        (read_telephone, ("+32 2 123 45 67 ext. 12", "SN"), "+3221234567x12"),
        (read_telephone, ("77 123 45 67",), "Start with + and the country code"),
        (read_telephone, ("ask the desk", "GH"), "“ask the desk” is not a telephone number"),
        (read_telephone, ("+233 24",), "“+233 24” is not a telephone number"),
        # Words beside a number are left out: never dialled as on old telephones (f is 3).
        (read_telephone, ("+49 30 901820 Fax",), "+49 30 901820"),
        (read_telephone, ("+49 30 1234567 mob",), "+49 30 1234567"),
        (read_telephone, ("+43 1 4000 mob",), "+43 1 4000"),
        (read_telephone, ("+62 812 3456 789 home",), "+62 812-3456-789"),
        (read_telephone, ("+233 24 123 4567 (WhatsApp)",), "+233 24 123 4567"),
        (read_telephone, ("Tél. : 77 123 45 67", "SN"), "+221 77 123 45 67"),
        (read_telephone, ("Mobile: 00233 24 123 4567",), "+233 24 123 4567"),
        (read_telephone, ("(+233) 24 123 4567",), "+233 24 123 4567"),
        (read_telephone, ("+32 2 123 45 67 ext. 12 (reception)",), "+3221234567x12"),
        (read_telephone, ("٠٢٤ ١٢٣ ٤٥٦٧", "GH"), "+233 24 123 4567"),
        (read_telephone, ("+49 30 90 or 1820",), "“+49 30 90 or 1820” is not a telephone"),
        (read_telephone, ("+1 800 FLOWERS",), "“+1 800 FLOWERS” is not a telephone number"),
        (read_telephone, ("0343 15-555-1212", "AR"), "+54 9 3435 55-1212"),
        (read_currency, ("FCFA", "SN"), "XOF"),
        (read_currency, ("F.CFA", "CM"), "XAF"),
        (read_currency, ("francs CFA", "GH"), "“francs CFA” may be XAF, XOF: write the three"),
        (read_currency, (" xof ",), "XOF"),
        (read_currency, ("€",), "EUR"),
        (read_currency, ("Euros",), "EUR"),
        (read_currency, ("Cedis",), "GHS"),
        (read_currency, ("GH₵",), "GHS"),
        (read_currency, ("GHc", "GH"), "GHS"),  # GHC was withdrawn in 2007: 10,000 for a cedi
        (read_currency, ("GHC",), "GHS"),
        (read_currency, ("ghs",), "GHS"),
        # What an applicant's neighbours write, and both sides of an exchange.
        *(
            (read_currency, (typed, country), code)
            for typed, country, code in [
                *(("lei", "MD", "MDL"), ("lek", "AL", "ALL"), ("грн", "UA", "UAH")),
                *(("KM", "BA", "BAM"), ("din", "RS", "RSD"), ("дин.", "RS", "RSD")),
                *(("som", "KG", "KGS"), ("сом", "KG", "KGS"), ("манат", "AZ", "AZN")),
                *(("₼", "AZ", "AZN"), ("kr", "SE", "SEK"), ("kr.", "DK", "DKK")),
                *(("zł", "PL", "PLN"), ("Kč", "CZ", "CZK"), ("Ft", "HU", "HUF")),
                *(("LE", "EG", "EGP"), ("NIS", "IL", "ILS"), ("JD", "JO", "JOD")),
                *(("Gs.", "PY", "PYG"), ("C$", "NI", "NIO"), ("RD$", "DO", "DOP")),
                *(("B/.", "PA", "PAB"), ("N$", "NA", "NAD"), ("đ", "VN", "VND")),
                *(("EUR (€)", "GH", "EUR"), ("euros (€)", "GH", "EUR"), ("Eur.", "GH", "EUR")),
                ("US dollars (USD)", "CO", "USD"),
            ]
        ),
        (read_currency, ("$", "CO", "EC"), "“$” may be COP, USD: " + THREE_LETTERS),
        (read_currency, ("francs", "SN", "CH"), "“francs” may be CHF, XOF: " + THREE_LETTERS),
        (read_currency, ("$", "CO", "CO"), "COP"),
        (read_currency, ("$", "CO", "NL"), "COP"),
        (currencies_of, ("BG",), "['EUR']"),
        *(
            (read_currency, (code,), f"“{code}” is not a currency: {LETTERS}")
            for code in ("DEM", "FRF", "ZMK", "XXX", "XAU", "XTS")
        ),
        (read_currency, ("$", "CO"), "COP"),
        (read_currency, ("$", "EC"), "USD"),
        (read_currency, ("pesos", "PH"), "PHP"),
        (read_currency, ("$",), LETTERS),
        # A mark that is no word is no currency, whatever the country.
        *(
            (read_currency, (typed, country), f"“{typed}” is not a currency: {LETTERS}")
            for typed in "?-…"
            for country in ("VN", "IN", "KR", "IL")
        ),
        (read_currency, ("₹", "IN"), "INR"),
        (read_currency, ("₦", "NG"), "NGN"),
        (read_currency, ("₦",), "NGN"),
        (read_currency, ("៛", "KH"), "KHR"),
        (read_currency, ("₫", "VN"), "VND"),
        (read_currency, ("¥", "CN"), "CNY"),
        (read_currency, ("¥",), "“¥” may be CNY, JPY"),
        (read_currency, ("Br", "ET"), "ETB"),
        (read_currency, ("F", "SN"), "XOF"),
        (read_currency, ("F", "CD"), "CDF"),
        (read_currency, ("Rs", "NP"), "NPR"),
        (read_currency, ("Rs.", "IN"), "INR"),
        (read_currency, ("R", "ZA"), "ZAR"),
        (read_currency, ("F", "GH"), f"“F” is not a currency: {LETTERS}"),
        (read_currency, ("£", "EG"), "EGP"),
        (read_currency, ("cows", "SN"), f"“cows” is not a currency: {LETTERS}"),
        (read_day, ("2027-03-12",), "2027-03-12"),
        (read_day, ("12.03.2027",), "2027-03-12"),
        (read_day, ("25/03/2027",), "2027-03-25"),
        (read_day, ("12 mars 2027",), "2027-03-12"),
        (read_day, ("1er octobre 2026",), "2026-10-01"),
        (read_day, ("viernes, 12 de marzo de 2027",), "2027-03-12"),
        (read_day, ("12 de março de 2027",), "2027-03-12"),
        (read_day, ("March 12th, 2027",), "2027-03-12"),
        (read_day, ("3 févr. 2027",), "2027-02-03"),
        (read_day, ("03/04/2027",), MONTH),
        (read_day, ("03/04/0000",), "“03/04/0000” is not a date"),
        (read_day, ("0001-01-01",), "“0001-01-01” is too far away"),
        (read_day, ("12 mars 9027",), "“12 mars 9027” is too far away"),
        (read_day, ("31/02/2027",), "“31/02/2027” is not a date"),
        (read_day, ("12/03/27",), "“12/03/27” is not a date"),
        (read_day, ("1899-12-31",), "“1899-12-31” is too far away: choose a day from 1900"),
        (read_day, ("31 December 2099",), "2099-12-31"),
        (read_day, ("1.1.2100",), "“1.1.2100” is too far away: choose a day from 1900 to 2099."),
        (read_day, ("the 12th of March 2027",), "2027-03-12"),
        (read_day, ("Friday the 12th of March 2027",), "2027-03-12"),
        *((read_day, (f"13{dash}03{dash}2027",), "2027-03-13") for dash in "‐‑–−"),  # noqa: RUF001
        *((read_day, (f"2027{dash}03{dash}13",), "2027-03-13") for dash in "‐‑–−"),  # noqa: RUF001
        (read_day, ("12 آذار 2027",), "2027-03-12"),  # Beirut, Damascus
        (read_day, ("12 كانون الثاني 2027",), "2027-01-12"),
        (read_day, ("12 تشرين الأول 2027",), "2027-10-12"),
        (read_day, ("12 جانفي 2027",), "2027-01-12"),  # Tunis, Algiers
        (read_day, ("12 غشت 2027",), "2027-08-12"),  # Rabat
        (read_day, ("12 de setiembre de 2027",), "2027-09-12"),  # Lima
        (InstantField().clean, ("2100-01-01T09:00",), "“2100-01-01T09:00” is too far away"),
        (InstantField().clean, ("1.1.2100 9:00",), "“1.1.2100 9:00” is too far away"),
        (InstantField().clean, ("03/12/2026 10:00",), MONTH),
        (InstantField().clean, ("3 Dec 2026 10:00",), "2026-12-03 10:00:00+01:00"),
        (InstantField().clean, ("3 décembre 2026 à 17 h 30",), "2026-12-03 17:30:00+01:00"),
        (InstantField().clean, ("2027-07-12 9:30 pm",), "2027-07-12 21:30:00+02:00"),
        (InstantField().clean, ("2027-07-12T09:30",), "2027-07-12 09:30:00+02:00"),
        (InstantField().clean, ("2027-07-12 09:30:00",), "2027-07-12 09:30:00+02:00"),
        (
            InstantField().clean,
            ("2027-07-12T07:30:00.25+00:00",),
            "2027-07-12 07:30:00.250000+00:00",
        ),
        (InstantField().clean, ("12 July 2027",), "Write the day and the hour"),
        (InstantField().clean, ("tomorrow at noon",), "Write the day and the hour"),
        *(
            (HourField().clean, (typed,), meant)
            for typed, meant in [
                *(("9:30 pm", "21:30:00"), ("9 a.m.", "09:00:00"), ("12 am", "00:00:00")),
                *(("12:15 p.m.", "12:15:00"), ("21u30", "21:30:00"), ("14 Uhr", "14:00:00")),
                *(("14 Uhr 30", "14:30:00"), ("0930", "09:30:00"), ("٩:٣٠", "09:30:00")),
                *(("٩:٣٠ م", "21:30:00"), ("21:00h", "21:00:00"), ("21h00min", "21:00:00")),
                *(("14:30:00", "14:30:00"), ("14h30 hrs", "14:30:00"), ("17 h 30", "17:30:00")),
                *(("24:00", "A day ends at 23:59"), ("24 h", "A day ends at 23:59")),
                *(("13 am", "Enter a valid time."), ("0 pm", "Enter a valid time.")),
                *(("noon", "Enter a valid time."), ("9:75", "Enter a valid time.")),
            ]
        ),
        *(
            (read_telephone, (typed, "GH"), meant)
            for typed, meant in [
                ("024 123 4567 / 020 987 6543", "Write one telephone number"),
                ("+233 24 123 4567; +233 20 987 6543", "Write one telephone number"),
                ("+233 24 123 4567 poste 12", "+233241234567x12"),
                ("+233 24 123 4567, ramal 12", "+233241234567x12"),
                ("+233 24 123 4567، التحويلة 12", "+233241234567x12"),
                ("24h: +233 24 123 4567", "+233 24 123 4567"),
                ("+233 24 123 4567 desk 12", "an extension like +233 24 123 4567 ext. 12"),
                ("+49 30/1234567", "+49 30 1234567"),
            ]
        ),
        (HourField().clean, ("9h30",), "09:30:00"),
        (HourField().clean, ("21 h",), "21:00:00"),
        (HourField().clean, ("9.30",), "09:30:00"),
        (HourField().clean, ("25:00",), "Enter a valid time."),
        (PageField().clean, (MEETING,), MEETING),
        (PageField().clean, (f"Join the meeting <{MEETING}>.",), MEETING),
        (PageField().clean, ("www.agona.example",), "https://www.agona.example"),
        (
            PageField().clean,
            ("https://a.example https://b.example",),
            "Write the address of one",
        ),
        # Its first part opens another page, or none.
        (PageField().clean, ("https://teams.example/19%3am_NmQ\nxYz%40v2/0?c=a",), NO_BLANKS),
        (PageField().clean, ("https://fb.example/Commune de Thiès",), NO_BLANKS),
        (PageField().clean, ("https://town.example/Annual Report 2026.pdf",), NO_BLANKS),
        (PageField().clean, ("https://a.example/x (our page)",), "https://a.example/x"),
        (PageField().clean, ("https://a.example/x – our page",), "https://a.example/x"),  # noqa: RUF001 - a dash
        (PageField().clean, ("https://a.example/x, our page",), "https://a.example/x"),
        (PageField().clean, ("javascript:alert(1)",), "Write the address of one page"),
        (PageField().clean, ("https://fr.example/wiki/Lyon_(France)",), WIKI),
        (PageField().clean, ("See (https://fr.example/wiki/Lyon_(France)), please.",), WIKI),
        (
            PageField().clean,
            ("https://meet.example/9?pwd=abc!",),
            "https://meet.example/9?pwd=abc!",
        ),
        (PageField().clean, ("Have you seen https://meet.example/9?",), "https://meet.example/9"),
        (PageField().clean, ("https://agona\u2060.example/\u200b",), "https://agona.example/"),
        *(
            (MailboxField().clean, (f"efua{unseen}@agona.exam{unseen}ple{unseen}",), EFUA)
            for unseen in "\u200b\u2060\u00ad\ufeff"
        ),
        (MailboxField().clean, ("Efua Mensah <efua@agona.example>",), EFUA),
        (MailboxField().clean, ("mailto:efua@agona.example;",), EFUA),
        (MailboxField().clean, ("efua@agona.example <mailto:efua@agona.example>",), EFUA),
        (MailboxField().clean, ("E-mail: efua@agona.example.",), EFUA),
        *(
            (
                MailboxField().clean,
                (f"a@b.example{between}c@d.example",),
                "Write one e-mail address",
            )
            for between in (", ", "; ", " / ", "\n")
        ),
        (MailboxField().clean, ("efua@agona.example (office)",), EFUA),
        (MailboxField().clean, ("mailto:efua@agona.example?subject=Call 1",), EFUA),
        (MailboxField().clean, ("mayor@agona.gov (.gh)",), "Enter a valid email address."),
        # A comma or a blank typed for a point: the rest would be somebody else's address.
        (MailboxField().clean, ("mayor@agona.gov,gh",), "Enter a valid email address."),
        (MailboxField().clean, ("efua,mensah@agona.example",), "Enter a valid email address."),
        (MailboxField().clean, ("efua mensah@agona.example",), "Enter a valid email address."),
        (MailboxField().clean, ("efua@agona .example",), "Enter a valid email address."),
        (LineField().clean, (" Efua\u00a0 Mensah\r\n",), "Efua Mensah"),
        (own_domain, ("@Agona.example",), "agona.example"),
        (own_domain, ("https://www.agona.example/news",), "agona.example"),
    ],
)
def test_what_is_pasted_is_read_or_asked_for(read, typed, meant):
    said = asked(read, *typed)

    is_refused = said.endswith(".")
    assert said == meant or (is_refused and " " in meant and meant in said)
    assert "%(" not in said


@pytest.mark.django_db
def test_a_section_keeps_what_others_can_use_and_shows_what_was_typed(client):
    thies = make_authority("Thiès", country="SN")
    dossier = make_dossier(thies)
    client.force_login(make_user("Awa", works_for=thies))
    typed = {
        "contact": {"focal_phone": "77 123 45 67", "focal_email": "Awa Diop <awa@thies.example>"},
        "resources": {"resource_1": "staff", "worth_1": "1.200.000", "currency_1": "FCFA"},
        "exchange": {"starts_on": "12 mars 2027", "ends_on": "25/03/2027"},
    }

    for slug, fields in typed.items():
        page = reverse("section", args=[dossier.reference, slug])
        client.post(page, fields | {"version": dossier.drafts.get(section=slug).version})

    dossier.refresh_from_db()
    assert (dossier.focal_phone, dossier.focal_email) == ("+221 77 123 45 67", "awa@thies.example")
    assert dossier.resources == [{"resource": "staff", "worth": "1200000", "currency": "XOF"}]
    assert (str(dossier.starts_on), str(dossier.ends_on)) == ("2027-03-12", "2027-03-25")
    shown = client.get(reverse("section", args=[dossier.reference, "resources"])).text
    assert 'value="FCFA"' in shown


def test_a_telephone_is_shown_as_people_write_it_in_the_readers_language():
    """W5: "+59139622028x12", which nobody dials."""
    shown = {}
    for language in CODES:
        with translation.override(language):
            shown[language] = format_telephone(read_telephone("+591 3 962-2028 int. 12"))

    assert shown == {
        "en": "+591 3 9622028, ext. 12",
        "fr": "+591 3 9622028, poste 12",
        "es": "+591 3 9622028, int. 12",
        "pt": "+591 3 9622028, ext. 12",
        "ar": "+591 3 9622028، التحويلة 12",
    }


@pytest.mark.django_db
def test_a_telephone_of_ones_account_is_one_of_the_country_where_one_works(client):
    awa = make_user("Awa", works_for=make_authority(country="SN"))
    client.force_login(awa)
    page = reverse("account")
    typed = {"name": "Awa", "language": "en", "time_zone": "Africa/Dakar"}

    client.post(page, typed | {"phone": "77 123 45 67"})
    awa.refresh_from_db()
    kept = awa.phone
    awa.memberships.all().delete()
    refused = client.post(page, typed | {"phone": "77 123 45 67"}).text

    assert kept == "+221 77 123 45 67"
    assert "Start with + and the country" in refused and 'value="77 123 45 67"' in refused


@pytest.mark.django_db
def test_a_row_of_which_only_the_level_was_there_is_no_answer(client):
    agona = make_authority()
    dossier = make_dossier(agona)
    efua = make_user("Efua", works_for=agona)
    client.force_login(efua)
    before = dossier.drafts.get(section="exchange").raw

    typed = {name: values[0] for name, values in before.items()}
    empty = {"language_2": "", "level_2": "B2", "language_3": "", "level_3": "B2"}
    page = reverse("section", args=[dossier.reference, "exchange"])
    client.post(page, typed | empty | {"version": "1"})

    shown = client.get(reverse("check-answers", args=[dossier.reference])).text
    after = dossier.drafts.get(section="exchange").raw
    assert after["level_2"] == ["B2"]
    assert "Working language 1" in shown and "Working language 2" not in shown
    assert section_answers.bind_section("exchange", after, dossier=dossier).is_valid()
    assert list_differences(dossier, "exchange", before, after) == []


@pytest.mark.django_db
def test_what_is_too_short_is_said_on_saving_which_goes_on(client):
    agona = make_authority()
    dossier = make_dossier(agona)
    client.force_login(make_user("Efua", works_for=agona))
    page = reverse("section", args=[dossier.reference, "summary"])
    typed = {"dossier_title": "Pits", "summary": "Two trucks.\r\nNo place."}

    saved = client.post(page, typed | {"version": "1"}, follow=True)
    again = client.get(page).text

    def said(slug, **typed):
        address = reverse("section", args=[dossier.reference, slug])
        shown = client.post(address, typed | {"version": "1"}, follow=True)
        marked = dict(client.get(address).context["form"].warnings)
        return [strip_tags(str(one)) for one in shown.context["messages"]], marked

    who = "14 people take part (travellers 4 + local 10)"
    women = f"{who}, but these add up to 18: correct one."
    elected = f"{who}, but these add up to 0: correct one."
    needed = "Still needed before it is submitted."
    counts = {
        "working_with": "With our two officers of waste, every day.",
        "travellers": "4",
        "local_participants": "10",
        "women": "9",
        "men": "9",
    }
    assert said("participants", **counts) == (
        [
            "Saved.",
            f"In total, women: {women}",
            f"In total, elected members: {elected}",
        ],
        {
            "travellers": "expert mission: usually 1 to 3.",
            "women": women,
            "elected_members": elected,
        },
    )
    unread = said("participants", **counts | {"local_participants": "10 or 11"})[0]
    assert not [words for words in unread if "add up" in words]  # of numbers that can be read
    typed = {"form_1": "expert_mission", "days": "", "starts_on": "", "ends_on": "2027-05-01"}
    typed |= {"language_1": "en", "level_1": "B2"}
    assert said("exchange", **typed, closed_from_1="2027-03-01", closed_why_1="Elections") == (
        [
            "Saved.",
            "“Form, dates and languages” still needs: How many days?, Earliest date",
            "“Unavailable dates 1” still needs: Until",
        ],
        dict.fromkeys(("days", "starts_on", "closed_until_1"), needed),
    )
    assert said("colleague", role_wanted="technical", function="water", experts="")[0] == [
        "Saved.",
        "“Peer profile sought” still needs: How many experts?",
    ]
    dossier.refresh_from_db()
    assert dossier.summary == "Two trucks.\nNo place."
    assert saved.redirect_chain[-1][0] == reverse("section", args=[dossier.reference, "problem"])
    for name in ("dossier_title", "summary"):  # a sentence on the next page leads back to its field
        assert f'<a href="{page}#id_{name}">' in saved.text
    for words in (
        "4 characters so far: at least 10 are needed",
        "21 characters so far: at least 200 are needed",
    ):
        assert words in saved.text and words in again


@pytest.mark.django_db
def test_what_is_known_of_the_writer_is_not_asked_again_and_not_saved_unseen(client):
    agona = make_authority()
    efua = make_user("Efua Mensah", works_for=agona, phone="+233 24 412 3456")
    efua.memberships.update(function="Planning officer")
    dossier = make_dossier(agona, typed={})
    dossier.drafts.all().delete()
    client.force_login(efua)

    form = client.get(reverse("section", args=[dossier.reference, "contact"])).context["form"]

    names = ("focal_name", "focal_function", "focal_email", "focal_phone", "legal_name")
    assert [form[name].value() for name in names] == [
        *("Efua Mensah", "Planning officer", efua.email, "+233 24 412 3456", None),
    ]
    assert not dossier.drafts.exists()
