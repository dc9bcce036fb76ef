"""The sections of a dossier: one form each, lenient for a draft, strict for a submission.

The same form reads what was typed in two ways. As a draft it refuses only what is wrong;
`complete=True` also asks for what submission needs. `apply` writes what is valid into the
dossier's columns; what is not valid stays typed, in the section's draft.
"""

from datetime import timedelta

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinLengthValidator, RegexValidator
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from applications.enums import RoleWanted
from registry.enums import LANGUAGES, ExchangeForm, FunctionFamily, Geography, Level
from registry.models import Theme

NOTICE = timedelta(days=60)  # between submission and the earliest start
LONGEST_WINDOW = timedelta(days=548)  # 18 months
BLANK = [("", "—")]


def text(label, least, most, help_text="", rows=6):
    """A text whose length is counted when the dossier is sent."""
    field = forms.CharField(
        label=label,
        help_text=help_text,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(),
    )
    field.least = least
    return field


class SectionForm(forms.Form):
    """Base of the sections. The page writes the <form> tag, its buttons and the csrf token."""

    slug = ""
    title = ""
    intro = ""
    optional: set[str] = set()

    def __init__(self, data=None, *, complete=False, dossier=None, today=None, **kwargs):
        super().__init__(data, **kwargs)
        self.complete, self.dossier, self.today = complete, dossier, today
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        for name, field in self.fields.items():
            field.required = complete and name not in self.optional
            # A limit that the browser keeps would cut a longer text off without a word.
            field.widget.attrs.pop("maxlength", None)
            least = getattr(field, "least", None)
            if least is not None:
                field.widget.attrs |= {"data-least": least, "data-most": field.max_length}
            if least:
                if complete:
                    field.validators = [*field.validators, MinLengthValidator(least)]
                limits = _("%(least)d to %(most)d characters.") % {
                    "least": least,
                    "most": field.max_length,
                }
                field.help_text = f"{field.help_text} {limits}".strip()

    @classmethod
    def raw(cls, data):
        """Keep what was typed in this section's fields, and nothing else of what was posted."""
        return {
            name: [value.replace("\x00", "") for value in data.getlist(name)]
            for name in cls.base_fields
            if name in data
        }

    def apply(self, dossier):
        """Write what is valid into the columns; return the columns' names."""
        columns = [name for name in self.cleaned_data if hasattr(dossier, name)]
        for name in columns:
            value = self.cleaned_data[name]
            setattr(dossier, name, [] if value is None and name == "geography" else value)
        return columns


class ContactSection(SectionForm):
    slug, title = "contact", _("Contact and legal representative")
    optional = {"focal_phone"}

    focal_name = forms.CharField(
        label=_("Name of the person we write to"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    focal_function = forms.CharField(label=_("Their function"), max_length=120)
    focal_email = forms.EmailField(label=_("Their official e-mail address"))
    focal_phone = forms.CharField(
        label=_("Their telephone"),
        max_length=20,
        help_text=_("With the country's code, as in +233 24 123 4567."),
        validators=[
            RegexValidator(
                r"^\+[1-9][\d ]{6,18}$", _("Begin with + and the country's code, then digits.")
            )
        ],
    )
    legal_name = forms.CharField(
        label=_("Name of the legal representative"),
        help_text=_("The mayor, the president of the council or the secretary general."),
        max_length=150,
    )
    legal_function = forms.CharField(label=_("Title of the representative"), max_length=120)
    legal_email = forms.EmailField(label=_("E-mail address of the representative"))


class SummarySection(SectionForm):
    slug, title = "summary", _("Title and public summary")

    dossier_title = text(_("Title of your request"), 10, 120, rows=0)
    summary = text(
        _("Public summary"),
        200,
        1000,
        _("What everybody will read if your request is published. No names, no addresses."),
    )

    def apply(self, dossier):
        columns = super().apply(dossier)
        if "dossier_title" in self.cleaned_data:
            dossier.title = self.cleaned_data["dossier_title"]
            columns.append("title")
        return columns


class ProblemSection(SectionForm):
    slug, title = "problem", _("The problem")

    problem = text(
        _("What is the problem, and for whom?"),
        300,
        3000,
        _("Who suffers, since when, what you have tried. Write as you would tell a colleague."),
        rows=10,
    )


class ObjectivesSection(SectionForm):
    slug, title = "objectives", _("Objectives")
    optional = {"specific_2", "specific_3", "specific_4"}

    objective = text(_("What should be different in the end?"), 50, 500, rows=4)
    specific_1 = text(_("First thing to reach"), 30, 300, rows=2)
    specific_2 = text(_("Second thing to reach, if any"), 30, 300, rows=2)
    specific_3 = text(_("Third thing to reach, if any"), 30, 300, rows=2)
    specific_4 = text(_("Fourth thing to reach, if any"), 30, 300, rows=2)

    def apply(self, dossier):
        columns = super().apply(dossier)
        typed = [self.cleaned_data.get(f"specific_{n}") for n in range(1, 5)]
        dossier.specific_objectives = [words for words in typed if words]
        return [*columns, "specific_objectives"]


def topic_choices():
    """Topics under their themes, for a select."""
    themes = {theme.pk: (str(theme), []) for theme in Theme.objects.filter(parent=None)}
    for topic in Theme.objects.exclude(parent=None):
        themes[topic.parent_id][1].append((topic.code, str(topic)))
    return BLANK + list(themes.values())


class NeedsSection(SectionForm):
    slug, title = "needs", _("Topics")
    intro = _("One main topic, and up to two others, most important first.")
    optional = {"topic_2", "importance_2", "topic_3", "importance_3"} | {
        f"about_{n}" for n in (1, 2, 3)
    }
    IMPORTANCE = BLANK + [("3", _("essential")), ("2", _("important")), ("1", _("useful"))]

    topic_1 = forms.ChoiceField(label=_("Main topic"), choices=topic_choices)
    importance_1 = forms.ChoiceField(label=_("How important is it?"), choices=IMPORTANCE)
    about_1 = text(_("What exactly would you like to learn?"), 0, 500, rows=2)
    topic_2 = forms.ChoiceField(label=_("Second topic, if any"), choices=topic_choices)
    importance_2 = forms.ChoiceField(label=_("How important is it?"), choices=IMPORTANCE)
    about_2 = text(_("What exactly would you like to learn?"), 0, 500, rows=2)
    topic_3 = forms.ChoiceField(label=_("Third topic, if any"), choices=topic_choices)
    importance_3 = forms.ChoiceField(label=_("How important is it?"), choices=IMPORTANCE)
    about_3 = text(_("What exactly would you like to learn?"), 0, 500, rows=2)

    def clean(self):
        cleaned = super().clean()
        chosen = set()
        for n in (1, 2, 3):
            code = cleaned.get(f"topic_{n}")
            if code and code in chosen:
                message = _("You have already chosen this topic.")
                self.add_error(f"topic_{n}", ValidationError(message, code="twice"))
            chosen.add(code)
        return cleaned

    def apply(self, dossier):
        rows = []
        for n in (1, 2, 3):
            code = self.cleaned_data.get(f"topic_{n}")
            if code:
                importance = int(self.cleaned_data.get(f"importance_{n}") or 2)
                rows.append((code, importance, self.cleaned_data.get(f"about_{n}") or "", n))
        themes = Theme.objects.in_bulk([row[0] for row in rows], field_name="code")
        dossier.needs.all().delete()
        for code, importance, about, order in rows:
            dossier.needs.create(theme=themes[code], importance=importance, text=about, order=order)
        return []


class ColleagueSection(SectionForm):
    slug, title = "colleague", _("The colleague you hope for")
    optional = {"geography", "excluded_countries", "exclusion_reason"}

    function = forms.ChoiceField(
        label=_("Field of their function"), choices=BLANK + FunctionFamily.choices
    )
    role_wanted = forms.ChoiceField(
        label=_("Should they be elected or technical?"), choices=BLANK + RoleWanted.choices
    )
    experts = forms.IntegerField(
        label=_("How many colleagues?"), min_value=1, max_value=3, initial=1
    )
    geography = forms.MultipleChoiceField(
        label=_("What their place should have in common with yours"),
        choices=Geography.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    excluded_countries = forms.MultipleChoiceField(
        label=_("Countries from which nobody can come"),
        choices=lambda: list(countries),
        help_text=_("Only the programme's staff read this."),
    )
    exclusion_reason = text(_("Why not from there?"), 0, 500, rows=2)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("excluded_countries") and not cleaned.get("exclusion_reason"):
            self.add_error(
                "exclusion_reason",
                ValidationError(_("Say why nobody can come from there."), code="required"),
            )
        return cleaned


class ExchangeSection(SectionForm):
    slug, title = "exchange", _("Form, dates and languages")
    optional = {"form_2", "form_3", "form_4", "interpretation"} | {
        f"{part}_{n}" for part in ("language", "level") for n in (2, 3)
    }

    form_1 = forms.ChoiceField(label=_("Form you would like best"), choices=list)
    form_2 = forms.ChoiceField(label=_("Second best, if any"), choices=list)
    form_3 = forms.ChoiceField(label=_("Third best, if any"), choices=list)
    form_4 = forms.ChoiceField(label=_("Fourth best, if any"), choices=list)
    days = forms.IntegerField(
        label=_("How many days?"),
        min_value=1,
        max_value=30,
        help_text=_("Missions and visits usually take five working days."),
    )
    starts_on = forms.DateField(
        label=_("Not before"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("At least 60 days after you send the dossier."),
    )
    ends_on = forms.DateField(
        label=_("Not after"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    language_1 = forms.ChoiceField(label=_("Working language"), choices=list)
    level_1 = forms.ChoiceField(label=_("Lowest level that is enough"), choices=list)
    language_2 = forms.ChoiceField(label=_("Second language, if any"), choices=list)
    level_2 = forms.ChoiceField(label=_("Lowest level that is enough"), choices=list)
    language_3 = forms.ChoiceField(label=_("Third language, if any"), choices=list)
    level_3 = forms.ChoiceField(label=_("Lowest level that is enough"), choices=list)
    interpretation = forms.BooleanField(label=_("We can provide an interpreter"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        admitted = self.dossier.call.forms if self.dossier else ExchangeForm.values
        forms_ = BLANK + [choice for choice in ExchangeForm.choices if choice[0] in admitted]
        for n in range(1, 5):
            self.fields[f"form_{n}"].choices = forms_
        for n in range(1, 4):
            self.fields[f"language_{n}"].choices = BLANK + list(LANGUAGES.items())
            self.fields[f"level_{n}"].choices = BLANK + Level.choices
            if not self.is_bound:
                self.fields[f"level_{n}"].initial = Level.B2

    def clean(self):
        cleaned = super().clean()
        start, end = cleaned.get("starts_on"), cleaned.get("ends_on")
        if start and end and end < start:
            self.add_error(
                "ends_on",
                ValidationError(_("The last day is before the first one."), code="reversed"),
            )
        elif start and end and end - start > LONGEST_WINDOW:
            self.add_error(
                "ends_on",
                ValidationError(_("Choose a period of 18 months at most."), code="too_long"),
            )
        if self.complete and start and self.today and start < self.today + NOTICE:
            self.add_error(
                "starts_on",
                ValidationError(
                    _("Choose a day at least 60 days from now: the search takes time."),
                    code="too_soon",
                ),
            )
        return cleaned

    def apply(self, dossier):
        columns = super().apply(dossier)
        if "ends_on" in self.errors or "starts_on" in self.errors:
            columns = [name for name in columns if name not in ("starts_on", "ends_on")]
        chosen = [self.cleaned_data.get(f"form_{n}") for n in range(1, 5)]
        dossier.forms = list(dict.fromkeys(form for form in chosen if form))
        dossier.languages = {
            self.cleaned_data[f"language_{n}"]: self.cleaned_data.get(f"level_{n}") or Level.B2
            for n in range(3, 0, -1)
            if self.cleaned_data.get(f"language_{n}")
        }
        return [*columns, "forms", "languages"]


class CommitmentSection(SectionForm):
    slug, title = "commitment", _("Commitment and letter")
    intro = _(
        "Add the letter of commitment on the dossier's page, or have it signed there by link, "
        "or say that the letter follows."
    )
    optional = {"letter_to_follow"}

    commitment = text(
        _("How does your council back this change?"),
        100,
        1500,
        _("Name the decision or the person who carries it."),
    )
    letter_to_follow = forms.BooleanField(
        label=_("The letter of commitment follows later"),
        help_text=_("It must be here before the committee meets."),
    )

    def clean(self):
        cleaned = super().clean()
        if not self.complete or cleaned.get("letter_to_follow"):
            return cleaned
        if self.dossier is None or not self.dossier.has_commitment():
            self.add_error(
                "letter_to_follow",
                ValidationError(
                    _("Add the letter, have the dossier signed by link, or say that it follows."),
                    code="letter",
                ),
            )
        return cleaned


class DeclarationsSection(SectionForm):
    slug, title = "declarations", _("Declarations")
    intro = _("The legal representative answers for these.")

    declared_truth = forms.BooleanField(label=_("What this dossier says is true and complete."))
    declared_funding = forms.BooleanField(label=_("No other programme pays for the same exchange."))
    declared_notice = forms.BooleanField(label=_("We have read how CONNECT treats personal data."))
    declared_mandate = forms.BooleanField(
        label=_("The legal representative named above agrees that this dossier is sent.")
    )


SECTIONS = {
    section.slug: section
    for section in (
        ContactSection,
        SummarySection,
        ProblemSection,
        ObjectivesSection,
        NeedsSection,
        ColleagueSection,
        ExchangeSection,
        CommitmentSection,
        DeclarationsSection,
    )
}

# How the task list is headed.
PARTS = [
    (_("Who is asking"), ["contact"]),
    (_("What you need"), ["summary", "problem", "objectives", "needs", "colleague"]),
    (_("How it could happen"), ["exchange", "commitment", "declarations"]),
]


def section_after(slug):
    """Slug of the next section, or None after the last."""
    slugs = list(SECTIONS)
    return next(iter(slugs[slugs.index(slug) + 1 :]), None)
