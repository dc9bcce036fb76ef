"""What stands in the cells of a table, read and written: words, numbers, choices, days, persons."""

import re
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import translation
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries
from import_export import widgets

from accounts.models import User
from connect.characters import one_line
from connect.languages import join_names
from connect.names import check_name
from connect.numbers import read_amount, read_whole, with_places
from connect.pasted_values import MailboxField, is_host, read_day
from connect.readable_tables import choice_labels
from connect.yes_no import read_yes_or_no
from registry.addresses import is_for_anybody, own_domain
from registry.countries import code_of_country
from registry.enums import LANGUAGES
from registry.models import Authority, Expert
from registry.names import question_about
from registry.templatetags.registry_words import level_name, working_language

# Of a day that comes out of a database, with its time zone or without.
MIDNIGHT = re.compile(r"[ T]00:00(?::00(?:\.0+)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?$")
SEPARATORS, MOST_NAMED = re.compile("[,;]"), 12  # besides blanks; words that a refusal lists


def refuse_unknown_words(words, allowed):
    """Return the error for unknown words of a column, with those it knows."""
    if not allowed or len(allowed) > MOST_NAMED:
        return ValueError(_("not known: %s") % join_names(words))
    refusal = _("not known: %(words)s. Write one of: %(allowed)s.")
    return ValueError(
        refusal % {"words": join_names(words), "allowed": join_names(map(str, allowed))}
    )


def in_all_languages(choices):
    """Return {word: code} of the codes and their labels in each language of the site.

    choices: read again in each language, for that of countries is the reader's.
    """
    known: dict[str, str] = {}
    for code in dict(settings.LANGUAGES):
        with translation.override(code):
            known |= {str(label).casefold(): value for value, label in choices}
    return known | {str(value).casefold(): value for value, _label in choices}


class Words(widgets.Widget):
    """Words of a list, separated by spaces or commas; `choices` says which there are."""

    def __init__(self, choices=None):
        super().__init__()
        self.choices = choices
        self.allowed = {code for code, _label in choices} if choices is not None else None

    def in_words(self, value):
        return choice_labels(self.choices or [], value or [])

    @property
    def input_help(self):
        if self.allowed is None:
            return _("words, separated by spaces")
        return _("one or several of: %s") % join_names(sorted(self.allowed))

    def clean(self, value, row=None, **kwargs):
        words = SEPARATORS.sub(" ", str(value or "")).split()
        if self.allowed is not None and (wrong := [w for w in words if w not in self.allowed]):
            raise refuse_unknown_words(wrong, sorted(self.allowed))
        return words

    def render(self, value, obj=None, **kwargs):
        return " ".join(value or [])


class Pairs(widgets.Widget):
    """Pairs such as “fr:B2 nl:native”, kept as {word: word}."""

    def in_words(self, value):
        pairs = (value or {}).items()
        return "; ".join(f"{working_language(code)} {level_name(level)}" for code, level in pairs)

    def __init__(self, allowed):
        super().__init__()
        self.allowed = set(allowed)

    @property
    def input_help(self):
        levels = join_names(sorted(self.allowed))
        return _("languages with their level, for example en:C1 fr:B2; the levels are: %s") % levels

    def clean(self, value, row=None, **kwargs):
        pairs = dict(
            pair.partition(":")[::2] for pair in SEPARATORS.sub(" ", str(value or "")).split()
        )
        if wrong := [f"{a}:{b}" for a, b in pairs.items() if b not in self.allowed]:
            raise refuse_unknown_words(wrong, [f"…:{word}" for word in sorted(self.allowed)])
        return pairs

    def render(self, value, obj=None, **kwargs):
        return " ".join(f"{a}:{b}" for a, b in (value or {}).items())


class SpokenLanguages(Pairs):
    """Working languages with their level; each by its code or its name in a language of the site.

    >>> SpokenLanguages(["B1", "B2"]).clean("French: B2; nl:B1")
    {'fr': 'B2', 'nl': 'B1'}
    """

    ONE = re.compile(r"([^\s:,;][^:,;]*?)\s*:\s*([^\s:,;]+)")

    def clean(self, value, row=None, **kwargs):
        text = str(value or "")
        if odd := SEPARATORS.sub(" ", self.ONE.sub(" ", text)).split():
            raise refuse_unknown_words(odd, [f"…:{word}" for word in sorted(self.allowed)])
        known = in_all_languages(LANGUAGES.items())
        pairs = {name.casefold(): level for name, level in self.ONE.findall(text)}
        if wrong := [name for name in pairs if name not in known]:
            raise refuse_unknown_words(wrong, [])
        return super().clean(" ".join(f"{known[name]}:{level}" for name, level in pairs.items()))


class Names(widgets.Widget):
    """Names, separated by semicolons."""

    input_help = gettext_lazy("names, separated by semicolons")

    def clean(self, value, row=None, **kwargs):
        return list(filter(None, (name.strip() for name in str(value or "").split(";"))))

    def render(self, value, obj=None, **kwargs):
        return "; ".join(value or [])


class Domains(Words):
    """An authority's own domains: none at which anybody may have an address."""

    input_help = gettext_lazy("its own domains of e-mail, separated by spaces")

    def clean(self, value, row=None, **kwargs):
        domains = [own_domain(word) for word in super().clean(value, row)]
        if free := [domain for domain in domains if is_for_anybody(domain)]:
            raise ValueError(_("Anyone can have such an address: %s") % join_names(free))
        return domains


class Whole(widgets.IntegerWidget):
    input_help = gettext_lazy("a whole number")

    def clean(self, value, row=None, **kwargs):
        if self.is_empty(value):
            return None
        if isinstance(value, float) and not value.is_integer():
            raise ValueError(_("not a whole number: %s") % value)
        try:
            # A cell that holds a number has no marks that could be meant for thousands.
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            return int(value) if is_number else read_whole(str(value))
        except ValidationError as refusal:
            raise ValueError(refusal.messages[0]) from None


class Amount(widgets.DecimalWidget):
    """A number with decimals; `point` is the mark of decimals of its column, if that is clear."""

    input_help = gettext_lazy("a number")

    def __init__(self, places=None, most=None):
        super().__init__()
        self.places, self.most, self.point = places, most, ""

    def clean(self, value, row=None, **kwargs):
        if self.is_empty(value):
            return None
        if not isinstance(value, str | bool):
            return with_places(Decimal(repr(value)), self.places)
        bounds = (self.most and -self.most, self.most)
        try:
            number = read_amount(str(value), self.places, *bounds, self.point)
        except ValidationError as refusal:
            raise ValueError(refusal.messages[0]) from None
        return with_places(number, self.places)


class Degrees(Amount):
    """Degrees of latitude (90 at most) or longitude (180)."""

    def clean(self, value, row=None, **kwargs):
        degrees = super().clean(value, row, **kwargs)
        if degrees is not None and not abs(degrees) <= self.most:
            words = _("%(value)s: write degrees from -%(most)d to %(most)d.")
            raise ValueError(words % {"value": value, "most": self.most})
        return degrees and float(degrees)


class Line(widgets.CharWidget):
    """A text of one line, without the blanks around it."""

    @property
    def input_help(self):
        return _("a text")

    def clean(self, value, row=None, **kwargs):
        return one_line(str(super().clean(value, row, **kwargs)))


class Slug(Line):
    """An address here: spreadsheets write the first letter of a cell large."""

    def clean(self, value, row=None, **kwargs):
        return read_slug(super().clean(value, row, **kwargs))


class Choice(Line):
    """One of a column's choices, by its code or by what it is called in a language of the site."""

    def __init__(self, choices):
        super().__init__()
        self.choices = choices

    @cached_property
    def codes_by_label(self):
        return in_all_languages(self.choices)

    @property
    def accepted_values(self):
        """List the accepted values: the code, with its label where that differs."""
        return [
            code if str(label).casefold() == str(code).casefold() else f"{code} ({label})"
            for code, label in self.choices
            if code != ""
        ]

    @property
    def input_help(self):
        return _("one of: %s") % join_names(self.accepted_values)

    def in_words(self, value):
        return str(dict(self.choices).get(value, ""))

    def clean(self, value, row=None, **kwargs):
        words = super().clean(value, row, **kwargs)
        if not words or (code := self.codes_by_label.get(words.casefold())) is not None:
            return words and code
        raise refuse_unknown_words([words], self.accepted_values)


class AuthorityCountry(Choice):
    """A country by its two letters, or by its name in a language of the site."""

    @property
    def input_help(self):
        return _("a country's two letters, for example GH for Ghana, or its name")

    def __init__(self):
        super().__init__(countries)

    def in_words(self, value):
        return countries.name(str(value)) if value else ""

    def clean(self, value, row=None, **kwargs):
        try:
            return super().clean(value, row, **kwargs)
        except ValueError:
            if code := code_of_country(str(value)):
                return code
            refusal = _(
                "no country is called so: %s. Write its two letters, for example GH for Ghana."
            )
            raise ValueError(refusal % value) from None


class YesNo(widgets.BooleanWidget):
    """Yes or no, in a language of the site; empty where nobody said."""

    CHOICES = [("1", gettext_lazy("Yes")), ("0", gettext_lazy("No"))]
    input_help = gettext_lazy("yes or no")

    def in_words(self, value):
        return "" if value is None else _("yes") if value else _("no")

    def clean(self, value, row=None, **kwargs):
        text = "" if value is None else str(value).strip()
        if not text:
            return None
        answer = read_yes_or_no(text.removesuffix(".0"))  # a number of a spreadsheet
        if answer is None:
            raise refuse_unknown_words([text], [label for _code, label in self.CHOICES])
        return answer


class Copied(Line):
    """A text that a field of a form reads, in all the ways in which people copy it."""

    def __init__(self, field, **kwargs):
        super().__init__(**kwargs)
        self.field = field

    def clean(self, value, row=None, **kwargs):
        typed = super().clean(value, row, **kwargs)
        try:
            return self.field.clean(typed)
        except ValidationError as refusal:
            raise ValueError(refusal.messages[0]) from None


class Day(widgets.DateWidget):
    input_help = gettext_lazy("a date, for example 2026-11-28")

    def clean(self, value, row=None, **kwargs):
        try:
            return read_day(MIDNIGHT.sub("", str(value).strip())) if value else None
        except ValidationError as refusal:
            raise ValueError(refusal.messages[0]) from None


def number_of(cell):
    """Return the whole number of a cell if the database can hold it, or None."""
    try:
        number = Whole().clean(cell)
    except ValueError:
        return None  # its own column says so
    return number if number and 0 < number < 2**31 else None


def read_slug(cell):
    """Return the address here of an authority, as it is kept."""
    return one_line(str(cell or "")).lower()


def read_country(cell):
    """Return the two letters of a country, or None."""
    try:
        return AuthorityCountry().clean(cell)
    except ValueError:
        return None  # its own column says so


def read_address(cell):
    """Return the e-mail address of a person, as accounts have it; of none what was written."""
    typed = one_line(str(cell or ""))
    try:
        return MailboxField(required=False).clean(typed).lower()
    except ValidationError:
        return typed.lower()


class PersonWidget(widgets.ForeignKeyWidget):
    """A person by e-mail address; one who has no account gets one without a password."""

    def clean(self, value, row=None, **kwargs):
        address = read_address(value)
        person = User.objects.filter(email=address).first()
        if person is None:
            person = User(email=address, name=one_line(str(row.get("name") or "")))
            check_name(person.name)
            if not is_host(address.rpartition("@")[2]):
                raise ValidationError({"email": validate_email.message})
            person.set_unusable_password()
            person.full_clean(exclude=["password"])
            person.save()
        return person


class AuthorityWidget(widgets.ForeignKeyWidget):
    """An authority by its address here, as in gh-agona-west; a merged one is its successor."""

    def in_words(self, value):
        return value.name if value else ""

    def clean(self, value, row=None, **kwargs):
        words = str(value or "").strip()
        known = Authority.objects.filter(slug=words.lower()).select_related("merged_into")
        if (authority := known.first()) is None:
            unknown = _("no authority has this address: %s") % value
            raise ValueError(f"{unknown} {question_about(words)}".strip())
        return authority.merged_into or authority


class ExpertWidget(widgets.ForeignKeyWidget):
    """An expert by e-mail address."""

    def in_words(self, value):
        return value.user.name if value else ""

    def clean(self, value, row=None, **kwargs):
        address = read_address(value)
        if expert := Expert.objects.filter(user__email=address).first():
            return expert
        raise ValueError(_("no expert has this address"))
