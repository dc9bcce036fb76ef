"""What stands around the exchange: follow-up, inclusion, risks, other donors, declarations."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from applications.enums import Marker
from applications.sections.base import SectionForm, text_field, yes_or_no_field
from connect.fields import BLANK
from connect.names import check_function
from connect.pasted_values import LineField
from connect.rows import Rows, repeats


class FollowUpSection(SectionForm):
    slug, title = "follow-up", _("What you will do afterwards")
    optional = frozenset({"dissemination"})

    follow_up = text_field(
        _("Who will put into practice what you learn, and with what?"),
        100,
        1500,
        example=_(
            "The works committee takes the plan up in its June session. Two officers keep one day "
            "a week for it until the end of next year; the site is in the budget."
        ),
    )
    follow_up_person = LineField(
        label=_("Person in charge of the action plan"),
        help_text=_("Name and function. Example: Kofi Mensah, sanitation officer."),
        max_length=150,
        validators=[check_function],
    )
    dissemination = text_field(
        _("Which local authorities or associations will you tell?"),
        0,
        1000,
        rows=3,
        example=_("The four municipalities of our district, at the yearly meeting in March."),
    )


def marker_field(label):
    return forms.ChoiceField(label=label, choices=BLANK + Marker.choices)


class InclusionSection(SectionForm):
    slug, title = "inclusion", _("Gender, climate, disability")
    intro = _("“Not targeted” is an honest answer: most requests are about something else.")
    optional = frozenset({"gender_text", "climate_text", "disability_text"})

    gender = marker_field(_("Equality of women and men"))
    gender_text = text_field(
        _("How?"),
        0,
        800,
        rows=3,
        example=_("Women keep most of the public toilets: they help to set the fee."),
    )
    climate = marker_field(_("Climate and environment"))
    climate_text = text_field(
        _("How?"),
        0,
        800,
        rows=3,
        example=_(
            "Sludge that is treated no longer gives off methane in the open, nor reaches the river."
        ),
    )
    disability = marker_field(_("Persons with disabilities"))
    disability_text = text_field(
        _("How?"),
        0,
        800,
        rows=3,
        example=_("The new public toilets have a ramp and a wide door, tried by their users."),
    )


@repeats(
    Rows(
        _("Risk"),
        {
            "risk": lambda: text_field(
                _("What could go wrong?"),
                10,
                300,
                rows=2,
                example=_("Operators do not come to the meetings."),
            ),
            "mitigation": lambda: text_field(
                _("What will you do about it?"),
                10,
                300,
                rows=2,
                example=_("We meet them at the lorry park, with the chair of their association."),
            ),
        },
        most=4,
        least=1,
        column="risks",
    )
)
class RisksSection(SectionForm):
    slug, title = "risks", _("Risks and safety")
    optional = frozenset({"security"})
    order = ("risk", "children", "security")

    children = yes_or_no_field(
        _("Will people in the exchange meet children, or adults who need protection?"),
        _("If it does, everybody signs a code of conduct before it begins."),
    )
    security = text_field(
        _("What should visitors know about safety in your area?"),
        0,
        1000,
        rows=3,
        example=_(
            "The municipality is calm. Nobody drives after dark: the road to the "
            "airport is not lit."
        ),
    )


class BackgroundSection(SectionForm):
    slug, title = "background", _("Other projects")
    optional = frozenset({"earlier_reference"})

    other_donors = text_field(
        _("Which other donors or projects work on the same problem?"),
        4,
        1500,
        _("Write “none” if there is none."),
        rows=3,
        example=_("A bank pays for drains in the centre; nobody works on sludge."),
    )
    earlier = yes_or_no_field(_("Have you taken part in a CONNECT exchange before?"))
    earlier_reference = LineField(
        label=_("Its reference, if you have"),
        help_text=_("Example: EX-2026-0007, or the year and the partner."),
        max_length=80,
    )

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        took_part = self.complete and cleaned.get("earlier") == "yes"
        if took_part and not cleaned.get("earlier_reference"):
            message = _("Give its reference, or the year and the partner.")
            self.add_error("earlier_reference", ValidationError(message, code="required"))
        return cleaned


class CommitmentSection(SectionForm):
    slug, title = "commitment", _("Commitment")
    intro = _(
        "Add the letter of commitment on the application's page, or have the "
        "application signed there by link, or say that the letter of commitment "
        "follows."
    )
    optional = frozenset({"letter_to_follow"})

    commitment = text_field(
        _("How does your council back this change?"),
        100,
        1500,
        _("Name the decision or the person who carries it."),
        example=_(
            "The council voted on 12 March to free two officers for the exchange and for the year "
            "that follows. The chief executive follows it in person."
        ),
    )
    letter_to_follow = forms.BooleanField(
        label=_("The letter of commitment follows later"),
        help_text=_("It must be here before the committee meets."),
    )

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        if not self.complete or cleaned.get("letter_to_follow"):
            return cleaned
        if self.dossier is None or not self.dossier.has_commitment():
            self.add_error(
                "letter_to_follow",
                ValidationError(
                    _(
                        "Not ticked, and there is neither a letter of commitment nor "
                        "a signature of the text as it is now: add one, have the "
                        "application signed by link, or tick the box."
                    ),
                    code="letter",
                ),
            )
        return cleaned


class DeclarationsSection(SectionForm):
    slug, title = "declarations", _("Declarations")
    intro = _("The legal representative is responsible for these.")

    declared_truth = forms.BooleanField(label=_("What this application says is true and complete."))
    declared_funding = forms.BooleanField(label=_("No other programme pays for the same exchange."))
    declared_notice = forms.BooleanField(
        label=_("We have read how CONNECT treats personal data."),
        help_text=_("On the page “Personal data”, at the foot of each page."),
    )
    declared_mandate = forms.BooleanField(
        label=_(
            "The legal representative named above agrees to the submission of this application."
        )
    )
