"""What comes along with what is pasted: marks of other scripts, of direction, blanks and words."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from connect.currencies import read_currency
from connect.hours import HourField, InstantField
from connect.names import check_name
from connect.pasted_values import MailboxField, PageField, read_day, read_telephone
from registry import table_import
from registry.models import Expert
from tests.factories import make_authority

EFUA, PAGE, WIDE = "efua@agona.example", "https://a.example/x", "https://a.example/城（北京）"  # noqa: RUF001
INVALID = "Enter a valid email address."
ONE_PAGE = "Write the address of one page, for example https://www.example.org/page."
ONE_NUMBER = "Write one telephone number, for example +233 24 123 4567."
NO_CURRENCY = "“%s” is not a currency: write three letters, for example EUR, XOF or GHS."
# The Arabic comma, semicolon and question mark; a guillemet, an ellipsis, a dot, a dash; a wide
# comma; three marks of direction, which nobody sees.
BEHIND = "،؛؟»›…·—，\u200f\u200e\u061c"  # noqa: RUF001


def answer(read, *typed):
    """Give what is read, or the words of the refusal."""
    try:
        return str(read(*typed))
    except ValidationError as refusal:
        return refusal.messages[0]


@pytest.mark.parametrize("mark", BEHIND)
def test_no_mark_behind_an_address_becomes_a_part_of_it(mark):
    """A library writes any mark in the letters of ASCII: the domain was one that nobody has."""
    typed = [EFUA, PAGE, "www.a.example"]

    read = [
        answer(field.clean, f"{address}{mark}")
        for field, address in zip((MailboxField(), PageField(), PageField()), typed, strict=True)
    ]

    assert read == [EFUA, PAGE, "https://www.a.example"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        *((around.replace("@", EFUA), EFUA) for around in ("«@»", "‹@›", "‘@’", "“@”.", "*@*")),
        ("Efua Mensah — <efua@agona.example>", EFUA),
        ("efua@مدينة.إمارات", "efua@مدينة.إمارات"),
        # A mark within may stand for a point or a comma: the rest would be somebody else's.
        ("efua@agona،gov", INVALID),
        ("efua،mensah@agona.example", INVALID),
        ("efua@agona—west.example", INVALID),
        (
            "efua@agona.example، kofi@agona.example",
            "Write one e-mail address, for example name@town.example.",
        ),
    ],
)
def test_a_mailbox_is_read_between_marks_of_any_script(typed, meant):
    assert answer(MailboxField().clean, typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("‹https://a.example/x›", PAGE),
        ("*https://a.example/x*", PAGE),
        ("(https://a.example/x)،", PAGE),
        ("https://a.example/x، our page", PAGE),
        ("See www.a.example.", "https://www.a.example"),
        (WIDE, WIDE),
        ("https://مدينة.example/é", "https://مدينة.example/é"),
        ("https://agona،example/x", ONE_PAGE),
        ("ftp://www.a.example", ONE_PAGE),
        ("efua@www.a.example", ONE_PAGE),
    ],
)
def test_a_page_is_read_between_marks_of_any_script(typed, meant):
    assert answer(PageField().clean, typed) == meant


@pytest.mark.parametrize(
    ("typed", "country", "meant"),
    [
        # Blanks of French typography, a mark of direction, dots of its letterheads.
        ("06\u202f12\u202f34\u202f56\u202f78", "FR", "+33 6 12 34 56 78"),
        ("06\u200912\u200734\u200956\u200978", "FR", "+33 6 12 34 56 78"),
        ("06·12·34·56·78", "FR", "+33 6 12 34 56 78"),
        ("024\u200e123\u200e4567", "GH", "+233 24 123 4567"),
        *((f"+233 24 123 4567 {w} +233 20 123 4567", "", ONE_NUMBER) for w in ("or", "et", "y")),
        ("+233 24 123 4567 و +233 20 123 4567", "", ONE_NUMBER),
        ("+55 11 91234-5678 extensão 12", "", "+5511912345678x12"),
        ("+54 11 4123-4567 interno 3", "", "+541141234567x3"),
        ("+51 1 4123456 anexo 4", "", "+5114123456x4"),
        ("+33 1 44 55 66 77 (poste 12)", "", "+33144556677x12"),
    ],
)
def test_a_telephone_is_read_with_the_blanks_and_words_of_any_country(typed, country, meant):
    assert answer(read_telephone, typed, country) == meant


@pytest.mark.parametrize(
    ("read", "typed", "meant"),
    [
        # As Office and every browser in Arabic write it.
        (read_day, "٢٥\u200f/٣\u200f/٢٠٢٧", "2027-03-25"),
        (read_day, "25\u200f/03\u200f/2027", "2027-03-25"),
        (read_day, "25\u202f/\u202f03\u202f/\u202f2027", "2027-03-25"),
        (read_day, "2027 / 03 / 25", "2027-03-25"),
        (InstantField().clean, "25\u200f/03\u200f/2027 9:30", "2027-03-25 09:30:00+01:00"),
        (HourField().clean, "٩:٣٠\u200f م", "21:30:00"),
    ],
)
def test_a_day_and_an_hour_are_read_with_marks_of_direction(read, typed, meant):
    assert answer(read, typed) == meant


@pytest.mark.parametrize(
    ("typed", "country", "meant"),
    [
        # A code beside its own sign or name, and no other's.
        *((typed, "", "XOF") for typed in ("XOF (FCFA)", "XOF FCFA", "XOF - FCFA", "FCFA XOF")),
        *(("GHS (GH₵)", "", "GHS"), ("KES (KSh)", "", "KES"), ("GHS Ghana cedis", "", "GHS")),
        *(("MZN (MT)", "", "MZN"), ("XOF\u200f", "", "XOF")),
        *((typed, "", NO_CURRENCY % typed) for typed in ("EUR or dollars", "EUR 500", "XOF XAF")),
        *((typed, "SN", "XOF") for typed in ("frs CFA", "fr CFA", "Frs", "CFA franc")),
        *(("CFA francs", "CM", "XAF"), ("dollars US", "HT", "USD"), ("L.E.", "EG", "EGP")),
        *(("pound sterling", "", "GBP"), ("TL", "TR", "TRY")),
    ],
)
def test_a_currency_is_read_by_its_code_beside_its_sign_and_by_what_it_is_called(
    typed, country, meant
):
    assert answer(read_currency, typed, country) == meant


@pytest.mark.parametrize("name", ["St.denis", "Ste.marie", "Sta.cruz", "Lcda.maria", "El.hadj"])
def test_a_saint_or_a_title_before_a_point_makes_no_address(name):
    check_name(name)


@pytest.mark.django_db
def test_a_table_reads_addresses_as_forms_do(tmp_path):
    """One with a mark behind it made a person whom no e-mail reached."""
    make_authority("Almere", slug="nl-almere")
    head = "email,name,authority,role_type,function_title,function,languages,employer_email\n"
    path = tmp_path / "experts.csv"

    def import_table(address, superior):
        row = f"{address},Ineke,nl-almere,technical,Head of water,water,en:C1,{superior}\n"
        path.write_text(head + row, encoding="utf-8")
        return table_import.import_table("experts", path)

    import_table("Ineke <ineke@almere.example>", "mailto:mayor@almere.example")
    again = import_table("ineke@almere.example؛", "mayor@almere.example،")
    with pytest.raises(ValidationError) as refusal:
        import_table("kofi@almere،example", "")

    assert again == {"new": 0, "update": 0, "skip": 1}
    assert list(User.objects.values_list("email", flat=True)) == ["ineke@almere.example"]
    assert Expert.objects.get().employer_email == "mayor@almere.example"
    assert refusal.value.messages == [f"row 2, email: {INVALID}"]
