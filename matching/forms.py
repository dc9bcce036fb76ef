"""An expert's answer to a request, a side's answer to a match, and how a call ranks."""

from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from connect.fields import formfield
from connect.lengths import length_warning
from connect.numbers import AmountField, WholeField
from connect.stale_forms import StaleFormMixin
from engine import Policy
from engine.rules import RULES as ALL_RULES
from matching.criteria import CRITERIA
from matching.enums import WORDS
from matching.models import Interest
from matching.reasons import RULES
from matching.requirements import LEAST, contradicting_boxes

WRITTEN = ("motivation", "comparable_case", "approach")

MOST_REFERENCES = 3


class InterestForm(StaleFormMixin, forms.ModelForm):
    """An expert's answer; what it needs only to be sent is marked, and missed only then."""

    use_required_attribute = False

    cv = forms.FileField(
        label=_("Your CV, as a PDF"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf"}),  # `save_cv` keeps it
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        interest = self.instance
        if interest.cv:
            address = reverse("interest-cv", args=[interest.dossier.reference, interest.pk])
            self.fields["cv"].help_text = format_html(
                '{} <a href="{}">{}</a>. {}',
                gettext("We have:"),
                address,
                interest.cv_name,
                gettext("Choose another to replace it."),
            )
        else:
            self.fields["cv"].help_text = gettext(
                "10 MB at most. The programme team reads it; the applicant can read "
                "it once everyone has agreed."
            )
        if interest.offer and interest.comparable_case == interest.offer.text:
            case = self.fields["comparable_case"]
            case.help_text = format_html(
                "<strong>{}</strong> {}",
                gettext("This is the text of your offer: adapt it to this request."),
                case.help_text,
            )
        self.mark_needed(True)

    def mark_needed(self, is_marked):
        """Mark what an answer needs to be sent, as a field that must be filled in."""
        for name in (*WRITTEN, "cv"):
            self.fields[name].required = is_marked and not (name == "cv" and self.instance.cv)

    def full_clean(self):
        self.mark_needed(False)  # it can be saved without
        super().full_clean()
        self.mark_needed(True)

    class Meta:
        model = Interest
        formfield_callback = formfield
        fields = WORDS
        labels = {
            "motivation": _("Why would you like to help?"),
            "comparable_case": _("A comparable case that you solved"),
            "approach": _("How would you go about it?"),
            "days_possible": _("When could you travel, or host a visit?"),
            "town_gives": _("What would your authority contribute?"),
            "references": _("References (up to three people)"),
            "partnership": _("My authority already works with this one"),
            "partnership_text": _("Since when, and on what?"),
            "conflict": _("I have a conflict of interest"),
            "conflict_text": _("Which one? What is your link to this authority?"),
        }
        help_texts = {
            "motivation": _("100 to 2000 characters."),
            "comparable_case": _(
                "When, at what cost, with what result, and what failed. 100 characters at least."
            ),
            "approach": _(
                "What you would do there, and before and after. 100 characters at least."
            ),
            "town_gives": _("Site visits, lodging, a colleague's time: whatever it is."),
            "references": _("One person per line."),
            "partnership": _("Earlier partnerships are welcome: please mention them."),
        }
        widgets = {
            name: forms.Textarea(attrs={"rows": 5, "data-least": LEAST, "data-most": 2000})
            for name in WRITTEN
        } | {
            name: forms.Textarea(attrs={"rows": 2})
            for name in ("town_gives", "references", "conflict_text")
        }

    def short_texts(self):
        """List (name, words) of the texts that are there and shorter than an answer needs."""
        read = [
            (name, length_warning(self.cleaned_data.get(name) or "", LEAST)) for name in WRITTEN
        ]
        return [(name, words) for name, words in read if words]

    def missing_answers(self):
        """List (name, words) of the fields that keep an answer from being sent."""
        empty = [name for name in WRITTEN if not (self.cleaned_data.get(name) or "").strip()]
        return [
            *((name, self.fields[name].error_messages["required"]) for name in empty),
            *((name, f"{words}.") for name, words in self.short_texts()),
            *self.missing_explanations(),
            *self.too_many_references(),
        ]

    def too_many_references(self):
        named = (self.cleaned_data.get("references") or "").strip().splitlines()
        if len([line for line in named if line.strip()]) <= MOST_REFERENCES:
            return []
        return [("references", _("Name three people at most, one per line."))]

    def missing_explanations(self):
        """List (name, words) of what was ticked and not explained, or explained and not ticked."""
        return [
            (
                name,
                _("You ticked the box above: explain it in a sentence.")
                if name.endswith("_text")
                else _("Tick this box, or delete what you wrote below it."),
            )
            for name in contradicting_boxes(self.cleaned_data)
        ]


class AnswerForm(forms.Form):
    """A side's answer to a match; its fields belong to the page's one form, of id “typed”."""

    use_required_attribute = False

    answer = forms.ChoiceField(
        label=_("Your answer"),
        choices=[("yes", _("Yes, we agree")), ("no", _("No, we decline"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("If no, why? (optional)"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["form"] = "typed"


class PolicyForm(forms.Form):
    """Weights, rules and caps, tried on the desk or adopted for a call; begins from a policy."""

    def __init__(self, *args, policy, **kwargs):
        super().__init__(*args, **kwargs)
        self.base = policy
        for name, criterion in CRITERIA.items():
            self.fields[f"weight_{name}"] = AmountField(
                label=criterion.name,
                min_value=0,
                max_value=100,
                initial=f"{policy.weights.get(name, 0):g}",
            )
        self.fields["rules"] = forms.MultipleChoiceField(
            label=_("Rules that exclude an offer"),
            choices=list(RULES.items()),
            required=False,
            initial=list(policy.rules),
            widget=forms.CheckboxSelectMultiple,
        )
        for name, words in (
            ("per_expert", _("Maximum offers per expert")),
            ("per_authority", _("Maximum offers per authority")),
            ("per_country", _("Maximum offers per country")),
        ):
            self.fields[name] = WholeField(
                label=words,
                help_text=_("0: no limit"),
                min_value=0,
                max_value=50,
                initial=getattr(policy, name),
            )

    @property
    def weights(self):
        return [self[f"weight_{name}"] for name in CRITERIA]

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        weights: list[Any] = [cleaned.get(f"weight_{name}") for name in CRITERIA]
        if None not in weights and not sum(weights):
            raise ValidationError(_("At least one weight must be above 0."), code="weights")
        return cleaned

    def policy(self):
        """Return the Policy that was typed; call it once the form is valid."""
        typed = self.cleaned_data
        return replace(
            self.base,
            weights={name: float(typed[f"weight_{name}"]) for name in CRITERIA},
            rules=tuple(rule for rule in ALL_RULES if rule in typed["rules"]),
            subject=Policy.default().subject,  # not typed: it belongs to how the engine scores now
            **{name: typed[name] for name in ("per_expert", "per_authority", "per_country")},
        )
