"""Joining an organisation; an expert's profile and offers."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from import_export.forms import ConfirmImportForm, ImportForm

from connect.countries import countries_by_name
from connect.fields import BLANK, formfield, get_field
from connect.languages import current_language, join_names, sort_alphabetically
from connect.letter_language import LetterLanguageField, guess_language
from connect.names import HasNames
from connect.numbers import AmountField, WholeField
from connect.pasted_values import PageField, check_no_contact
from connect.rows import Rows, RowsForm, repeats
from connect.stale_forms import StaleFormMixin
from connect.unlikely_values import ConfirmedDoubtsMixin
from connect.uploads import clean_picture, refuse_large
from registry.addresses import is_for_anybody, own_domain
from registry.enums import (
    AuthorityStatus,
    Level,
    Mastery,
    Role,
    functions_by_name,
    languages_by_name,
)
from registry.exchange_forms import exchange_form_choices
from registry.merging import refuse_successor, why_it_stays_verified
from registry.models import Authority, Expert, Theme
from registry.names import similar_towns
from registry.role_doubts import doubt_role
from registry.spellings import name_letters

# How a list gives more than one: a browser does not say so.
SEVERAL = _(
    "To choose several on a computer, hold down Ctrl while you click; on a Mac, the command key."
)


# Those that staff give an authority; a merger or a refusal gives it the others.
GIVEN_STATUSES = [
    (status.value, status.label) for status in (AuthorityStatus.PROPOSED, AuthorityStatus.VERIFIED)
]


class AuthorityForm(HasNames, StaleFormMixin, forms.ModelForm):
    """An authority as staff edit it; choosing a successor merges it."""

    status = forms.ChoiceField(label=_("status"), choices=GIVEN_STATUSES, required=False)
    website = PageField(label=_("website"), required=False)
    latitude = AmountField(label=_("latitude"), required=False, min_value=-90, max_value=90)
    longitude = AmountField(label=_("longitude"), required=False, min_value=-180, max_value=180)
    # Seen only where a town is called nearly the same.
    is_another = forms.BooleanField(
        label=_("No, it is another one"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label = capfirst(field.label)
        own = AuthorityStatus(self.instance.status)
        if "status" in self.fields and own.value not in dict(GIVEN_STATUSES):
            given = [] if own == AuthorityStatus.MERGED else GIVEN_STATUSES
            choices = [(own.value, own.label), *given]
            get_field(self, "status", forms.ChoiceField).choices = choices

    def clean(self):
        """Ask about a new town that is called nearly as one that is known, and about a new name."""
        cleaned = super().clean() or self.cleaned_data
        name, country = cleaned.get("name"), cleaned.get("country")
        is_named = name and {"name", "country"} & set(self.changed_data)
        if not is_named or cleaned.get("is_another") or cleaned.get("merged_into"):
            return cleaned
        near = [town for town in similar_towns(name, country) if town.pk != self.instance.pk]
        if self.instance.pk:  # it is known which one this is: others may be called nearly so
            letters = name_letters(name)
            near = [town for town in near if letters in map(name_letters, town.names)]
        if near:
            places = join_names(town.place_with_former_names for town in near)
            self.fields["is_another"].widget = forms.CheckboxInput()
            words = _("We know an authority with a very similar name. Is it this one? %s")
            self.add_error("is_another", ValidationError(words % places, code="alike"))
        return cleaned

    def clean_status(self):
        status = self.cleaned_data["status"] or self.instance.status
        is_hidden = self.instance.pk and status == AuthorityStatus.PROPOSED
        if is_hidden and (why := why_it_stays_verified(self.instance)):
            raise ValidationError(why, code="successor")
        return status

    def clean_population_year(self):
        year = self.cleaned_data["population_year"]
        if year and year > timezone.localdate().year:
            raise ValidationError(_("This year is in the future."), code="ahead")
        return year

    def clean_email_domains(self):
        domains = [own_domain(one) for one in self.cleaned_data["email_domains"]]
        if free := [domain for domain in domains if is_for_anybody(domain)]:
            message = _("Anyone can have such an address: %s")
            raise ValidationError(message % join_names(free), code="free")
        return domains

    def clean_merged_into(self):
        into = self.cleaned_data["merged_into"]
        if into and into == self.instance:
            raise ValidationError(_("An authority cannot be merged into itself."), code="same")
        if into:
            refuse_successor(into)
        return into

    def _get_validation_exclusions(self):
        # That only a merged one has a successor is made true by `merge`, after this form. The stubs
        # leave out what Django calls private.
        return {*super()._get_validation_exclusions(), "merged_into"}  # type: ignore[misc]


def topic_choices():
    """Topics under their themes, for a select."""
    themes = Theme.objects.filter(parent=None).prefetch_related("topics")
    return BLANK + [
        (str(theme), [(one.code, str(one)) for one in sort_alphabetically(theme.topics.all())])
        for theme in sort_alphabetically(themes)
    ]


class TableForm(ImportForm):
    """A table that staff import: it arrived whole and is of a size that a page can take."""

    def clean_import_file(self):
        table = self.cleaned_data["import_file"]
        refuse_large(table)
        return table


def hidden_field(pattern, **options):
    """Make a field that the page of a previewed table posts by itself."""
    again = {"invalid": _("This table was not shown before: choose the file again.")}
    return forms.RegexField(pattern, widget=forms.HiddenInput, error_messages=again, **options)


class SeenTableForm(ConfirmImportForm):
    """The previewed table, by its name on the page."""

    import_file_name = hidden_field(r"^[0-9a-f]{32}$")
    format = hidden_field(r"^[012]$")
    resource = hidden_field(r"^0$", required=False)


@repeats(
    Rows(
        _("Language"),
        {
            "language": lambda: forms.ChoiceField(
                label=_("Which?"), choices=lambda: BLANK + languages_by_name()
            ),
            "level": lambda: forms.ChoiceField(
                label=_("How well do you speak it?"), choices=BLANK + Level.choices
            ),
        },
        most=6,
        least=1,
    ),
    Rows(
        _("Topic"),
        {
            "topic": lambda: forms.ChoiceField(label=_("Which?"), choices=list),
            "mastery": lambda: forms.ChoiceField(
                label=_("How well do you know it?"), choices=BLANK + Mastery.choices
            ),
            "evidence": lambda: forms.CharField(
                label=_("What shows it?"),
                help_text=_("One thing that you did, when, and the result."),
                min_length=50,
                max_length=500,
                widget=forms.Textarea(attrs={"rows": 2, "data-least": 50, "data-most": 500}),
                validators=[check_no_contact],
            ),
        },
        most=12,
        spare=frozenset({"evidence"}),
    ),
    Rows(
        _("Mission abroad"),
        {
            "year": lambda: WholeField(label=_("Year"), min_value=1970, max_value=2100),
            "country": lambda: forms.ChoiceField(
                label=_("Country"), choices=lambda: [*BLANK, *countries_by_name()]
            ),
            "form": lambda: forms.ChoiceField(
                label=_("Form of exchange"), choices=lambda: BLANK + exchange_form_choices()
            ),
            "outcome": lambda: forms.CharField(
                label=_("What was the result?"),
                max_length=500,
                widget=forms.Textarea(attrs={"rows": 2}),
                validators=[check_no_contact],
            ),
        },
        most=6,
    ),
)
class ExpertForm(ConfirmedDoubtsMixin, StaleFormMixin, RowsForm, forms.ModelForm):
    """A profile, as its expert writes it; languages, topics and missions are rows."""

    order = (
        "authority",
        "function_title",
        "function",
        "role_type",
        "mandate_ends_on",
        "years",
        "local_years",
        "photo",
        "language",
        "topic",
        "year",
        "max_days",
        "notice_weeks",
        "travel_excluded",
        "employer_name",
        "employer_email",
        "employer_language",
        "gender",
        "visibility",
    )

    travel_excluded = forms.MultipleChoiceField(
        label=_("Countries you would not travel to"),
        choices=countries_by_name,
        help_text=SEVERAL,
        required=False,
    )
    photo = forms.FileField(
        label=_("Photograph"),
        required=False,
        help_text=_(
            "A JPEG, PNG or HEIC picture of 10 MB at most; it is made smaller, and "
            "hidden data is removed."
        ),
        widget=forms.FileInput(attrs={"accept": ".jpg,.jpeg,.png,.heic,.heif"}),
    )

    employer_language = LetterLanguageField(_("Language of our e-mails to your superior"))

    class Meta:
        model = Expert
        fields = [
            "authority",
            "function_title",
            "function",
            "role_type",
            "mandate_ends_on",
            "years",
            "local_years",
            "max_days",
            "notice_weeks",
            "employer_name",
            "employer_email",
            "employer_language",
            "gender",
            "visibility",
            "travel_excluded",
        ]
        formfield_callback = formfield

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.require_rows()
        self.user = user
        self.employers = Authority.objects.of_member(user, Role.EXPERT)
        get_field(self, "authority", forms.ModelChoiceField).queryset = self.employers
        own = list(self.employers[:2])
        if len(own) == 1 and self.instance.authority_id is None:
            self.initial["authority"] = own[0].pk
            country = str(own[0].country)
            self.initial["employer_language"] = guess_language(country, current_language())
        for name in ("employer_name", "employer_email"):
            self.fields[name].help_text = _("Asked for an agreement before each exchange.")
        get_field(self, "function", forms.ChoiceField).choices = BLANK + functions_by_name()
        choices = topic_choices()
        for number in range(1, 13):
            get_field(self, f"topic_{number}", forms.ChoiceField).choices = choices
        if self.instance.pk:
            self.initial |= self.current_rows()

    def current_rows(self):
        """Return the present rows of the profile."""
        values: dict[str, Any] = {}
        for number, (code, level) in enumerate(list(self.instance.languages.items())[:6], 1):
            values |= {f"language_{number}": code, f"level_{number}": level}
        for number, topic in enumerate(self.instance.topics.select_related("theme")[:12], 1):
            values |= {
                f"topic_{number}": topic.theme.code,
                f"mastery_{number}": str(topic.level),
                f"evidence_{number}": topic.evidence,
            }
        for number, mission in enumerate(self.instance.past_missions.all()[:6], 1):
            values |= {
                f"year_{number}": mission.year,
                f"country_{number}": str(mission.country),
                f"form_{number}": mission.form,
                f"outcome_{number}": mission.result,
            }
        return values

    def clean_photo(self):
        photo = self.cleaned_data["photo"]
        if photo:
            refuse_large(photo)
        return photo or None

    def draw_photo(self, photo):
        return clean_picture(photo, (480, 480))

    def clean_employer_email(self):
        address = self.cleaned_data["employer_email"]
        if address and address.lower() == self.user.email.lower():
            message = _("Enter your superior's address: nobody can agree for their own employer.")
            raise ValidationError(message, code="own")
        return address

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        self.refuse_duplicates("topic", _("You have already chosen this topic."))
        for number in range(1, 7):
            if (cleaned.get(f"year_{number}") or 0) > timezone.localdate().year:
                message = _("This year is in the future.")
                self.add_error(f"year_{number}", ValidationError(message, code="ahead"))
        here, before = cleaned.get("years"), cleaned.get("local_years")
        if here is not None and before is not None and before < here:
            message = _("Not fewer than the years in this function.")
            self.add_error("local_years", ValidationError(message, code="fewer"))
        self.ask_confirmation(doubt_role(cleaned.get("role_type"), cleaned.get("function")))
        if (photo := cleaned.get("photo")) and "authority" in cleaned:  # an expert's of a town
            try:
                cleaned["photo"] = self.draw_photo(photo)
            except ValidationError as refusal:
                self.add_error("photo", refusal)
        return cleaned

    def save(self, commit=True):
        of_language = self.several[0]
        rows = self.filled_rows(of_language)
        # A table may have brought more languages than there are rows to show them.
        unseen = dict(list(self.instance.languages.items())[of_language.most :])
        self.instance.languages = {row["language"]: row["level"] for row in rows if row["level"]}
        self.instance.languages = unseen | self.instance.languages
        return super().save(commit)
