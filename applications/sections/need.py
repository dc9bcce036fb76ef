"""What is needed: the problem, what should change, the topics, the colleague hoped for."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from applications.enums import RoleWanted, SizeBand, TargetGroup
from applications.sections.base import (
    DAY_OVER,
    CountField,
    SectionForm,
    day_field,
    text_field,
)
from connect.countries import countries_by_name
from connect.dates import day_after
from connect.fields import BLANK, get_field
from connect.numbers import QuantityField, WholeField
from connect.pasted_values import check_no_contact
from connect.rows import Rows, repeats
from connect.types import Words
from registry.enums import Geography, functions_by_name
from registry.forms import SEVERAL, topic_choices
from registry.models import Theme

RESULTS_WITHIN = timedelta(days=731)  # 24 months after the exchange


class SummarySection(SectionForm):
    slug, title = "summary", _("Title and public summary")
    columns = {"dossier_title": "title"}

    dossier_title = text_field(
        _("Title of your application"),
        10,
        120,
        _("One short sentence that says what you need."),
        rows=0,
        example=_("Organise the emptying of latrines and the treatment of what is collected"),
        validators=[check_no_contact],
    )
    summary = text_field(
        _("Public summary"),
        200,
        1000,
        _("Everyone reads this if your application is published. No names, no addresses."),
        example=_(
            "Our municipality of 28,000 needs an expert who has organised the "
            "emptying of pits and found a safe place for what is collected. Two "
            "private trucks serve us and there is no treatment site. We want rules "
            "for operators, a fair price and a site we can run."
        ),
        validators=[check_no_contact],
    )


class ProblemSection(SectionForm):
    slug, title = "problem", _("Your area and the problem")

    context = text_field(
        _("What should an expert know about your authority?"),
        200,
        2000,
        _("Size, what people live from, what you decide about, staff and means in this field."),
        example=_(
            "28,000 people, most of them farmers and traders. The council decides about sanitation "
            "and by-laws; six officers work in this field, with one vehicle and a yearly budget of "
            "40,000 euros."
        ),
    )
    problem = text_field(
        _("What is the problem, and for whom?"),
        300,
        3000,
        _("Who is affected, since when, what you have tried. Write as you would to a colleague."),
        rows=10,
        example=_(
            "Two trucks empty the pits of 28,000 people. There is no place to discharge, so they "
            "use the stream where children fetch water. Prices changed three times this year. We "
            "tried a by-law in 2023 but could not enforce it without a site. Cholera came back "
            "last rainy season: 41 cases."
        ),
    )


@repeats(
    Rows(
        _("Specific objective"),
        {
            "specific": lambda: text_field(
                "",
                30,
                300,
                rows=2,
                example=_(
                    "The emptiers of the municipality discharge at one place, and pay for it."
                ),
            )
        },
        most=4,
        least=1,
    )
)
class ObjectivesSection(SectionForm):
    slug, title = "objectives", _("Objectives")

    objective = text_field(
        _("What should be different in the end?"),
        50,
        500,
        rows=4,
        example=_("No sludge ends in the stream, and every household can pay for its pit."),
    )

    def apply(self, dossier):
        columns = super().apply(dossier)
        rows = self.filled_rows(self.several[0])
        dossier.specific_objectives = [row["specific"] for row in rows if row["specific"]]
        return [*columns, "specific_objectives"]


@repeats(
    Rows(
        _("Result"),
        {
            "result": lambda: text_field(
                _("Expected result"),
                30,
                300,
                rows=2,
                example=_("Operators work with a licence and empty at a price that is posted up."),
            ),
            "indicator": lambda: text_field(
                _("Indicator"), 3, 150, rows=0, example=_("Licensed operators")
            ),
            "unit": lambda: text_field(_("Unit"), 1, 40, rows=0, example=_("operators")),
            "baseline": lambda: QuantityField(
                label=_("Baseline"),
                help_text=_("Example: 3. Leave it empty if you do not know."),
                max_digits=14,
                decimal_places=4,
            ),
            "target": lambda: QuantityField(
                label=_("Target"), help_text=_("Example: 12."), max_digits=14, decimal_places=4
            ),
            "by": lambda: day_field(_("Target date"), _("24 months after the exchange at most.")),
        },
        most=6,
        least=1,
        spare=frozenset({"baseline"}),
        column="results",
    )
)
class ResultsSection(SectionForm):
    slug, title = "results", _("Expected results")
    intro = _("What will be different, in numbers that you can count yourselves. One is enough.")

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        start = self.dossier.starts_on if self.dossier else None
        end = self.dossier.ends_on if self.dossier else None
        today = self.today or timezone.localdate()
        for number in range(1, 7):
            due_on = cleaned.get(f"by_{number}")
            if due_on and end and due_on > day_after(end, RESULTS_WITHIN):
                message = _("Choose a day at most 24 months after the exchange.")
                self.add_error(f"by_{number}", ValidationError(message, code="too_late"))
            elif due_on and due_on < today and (not start or self.checks_day(f"by_{number}")):
                self.add_error(f"by_{number}", ValidationError(DAY_OVER, code="over"))
            elif due_on and start and due_on < start:
                words: Words = _("Choose a day after the exchange can begin, on %s.")
                refusal = ValidationError(
                    words % date_format(start, "DATE_FORMAT"), code="too_early"
                )
                self.add_error(f"by_{number}", refusal)
        return cleaned


@repeats(
    Rows(
        _("Group"),
        {
            "group": lambda: forms.ChoiceField(
                label=_("Who benefits?"), choices=BLANK + TargetGroup.choices
            ),
            "group_size": lambda: CountField(
                _("How many, approximately?"), _("Your best estimate. Example: 2500."), least=1
            ),
        },
        most=6,
        least=1,
        column="target_groups",
    )
)
class BeneficiariesSection(SectionForm):
    slug, title = "beneficiaries", _("Who benefits")

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        self.refuse_duplicates("group", _("You have already chosen this group."))
        return cleaned


IMPORTANCE = [*BLANK, ("3", _("essential")), ("2", _("important")), ("1", _("useful"))]


@repeats(
    Rows(
        _("Topic"),
        {
            "topic": lambda: forms.ChoiceField(label=_("Which?"), choices=list),
            "importance": lambda: forms.ChoiceField(
                label=_("How important is it?"), choices=IMPORTANCE
            ),
            "about": lambda: text_field(
                _("What exactly would you like to learn?"),
                0,
                500,
                rows=2,
                example=_(
                    "How a municipality without lorries licenses private emptiers, and checks them."
                ),
            ),
        },
        most=5,
        least=1,
        spare=frozenset({"about"}),
    )
)
class NeedsSection(SectionForm):
    slug, title = "needs", _("Topics")
    intro = _("One main topic, and up to four others, most important first.")

    def prepare(self):
        choices = topic_choices()
        for number in range(1, 6):
            get_field(self, f"topic_{number}", forms.ChoiceField).choices = choices

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        self.refuse_duplicates("topic", _("You have already chosen this topic."))
        return cleaned

    def apply(self, dossier):
        rows = [row for row in self.filled_rows(self.several[0]) if row["topic"]]
        themes = Theme.objects.in_bulk([row["topic"] for row in rows], field_name="code")
        dossier.needs.all().delete()
        for order, row in enumerate(rows, 1):
            dossier.needs.create(
                theme=themes[row["topic"]],
                importance=int(row["importance"] or 2),
                text=row["about"] or "",
                order=order,
            )
        return []


class ColleagueSection(SectionForm):
    slug, title = "colleague", _("Peer profile sought")
    optional = frozenset(
        {"geography", "sizes", "preferred_countries", "excluded_countries", "exclusion_reason"}
    )

    function = forms.ChoiceField(
        label=_("Field of their function"), choices=lambda: BLANK + functions_by_name()
    )
    role_wanted = forms.ChoiceField(
        label=_("Should this person be elected or technical?"), choices=BLANK + RoleWanted.choices
    )
    experts = WholeField(label=_("How many experts?"), min_value=1, max_value=3, initial=1)
    geography = forms.MultipleChoiceField(
        label=_("What their area should have in common with yours"),
        choices=Geography.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    sizes = forms.MultipleChoiceField(
        label=_("Size of their authority"),
        choices=SizeBand.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A wish. Leave it empty if any size will do."),
    )
    preferred_countries = forms.MultipleChoiceField(
        label=_("Countries you would like to learn from"),
        choices=countries_by_name,
        help_text=format_lazy(
            "{} {}", _("A wish: somebody from elsewhere may fit better."), SEVERAL
        ),
    )
    excluded_countries = forms.MultipleChoiceField(
        label=_("Excluded countries"),
        choices=countries_by_name,
        help_text=format_lazy("{} {}", _("Only the programme team reads this."), SEVERAL),
    )
    exclusion_reason = text_field(
        _("Reason"),
        0,
        500,
        rows=2,
        example=_("Their citizens get no visa for our country in less than four months."),
    )

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        excluded = set(cleaned.get("excluded_countries") or [])
        if excluded and not cleaned.get("exclusion_reason"):
            self.add_error(
                "exclusion_reason",
                ValidationError(_("Say why these countries are excluded."), code="required"),
            )
        if excluded & set(cleaned.get("preferred_countries") or []):
            message = _("A country cannot be both preferred and excluded.")
            self.add_error("preferred_countries", ValidationError(message, code="both"))
        return cleaned
