"""Joining an organisation; an expert's profile and offers."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from registry.enums import LANGUAGES, ExchangeForm, Level, Mastery, Role
from registry.models import Authority, Expert, Offer, Theme

BLANK = [("", "—")]


class JoinForm(forms.Form):
    roles = forms.MultipleChoiceField(
        label=_("What will you do here?"),
        choices=[
            (Role.EDITOR, _("Write dossiers for this authority")),
            (
                Role.LEGAL_REPRESENTATIVE,
                _("Sign for it, as mayor or secretary general"),
            ),
            (Role.EXPERT, _("Offer know-how as an expert")),
        ],
        widget=forms.CheckboxSelectMultiple,
    )
    function = forms.CharField(label=_("Your function there"), max_length=120)


class JoinAssociationForm(forms.Form):
    function = forms.CharField(label=_("Your function there"), max_length=120)


def topics():
    return BLANK + [
        (str(theme), [(topic.code, str(topic)) for topic in theme.topics.all()])
        for theme in Theme.objects.filter(parent=None).prefetch_related("topics")
    ]


class LanguagesMixin(forms.Form):
    """Up to four languages with a level, kept as {code: level}."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        spoken = list((self.instance.languages or {}).items()) + [("", "")] * 4
        for n in range(1, 5):
            code, level = spoken[n - 1]
            self.fields[f"language_{n}"] = forms.ChoiceField(
                label=_("Language %d") % n,
                choices=BLANK + list(LANGUAGES.items()),
                required=n == 1,
                initial=code,
            )
            self.fields[f"level_{n}"] = forms.ChoiceField(
                label=_("How well do you speak it?"),
                choices=BLANK + Level.choices,
                required=n == 1,
                initial=level,
            )

    def spoken(self):
        cleaned = self.cleaned_data
        return {
            cleaned[f"language_{n}"]: cleaned[f"level_{n}"] or Level.B1
            for n in range(1, 5)
            if cleaned.get(f"language_{n}")
        }


class ExpertForm(LanguagesMixin, forms.ModelForm):
    travel_excluded = forms.MultipleChoiceField(
        label=_("Countries where you would not go"), choices=lambda: list(countries), required=False
    )

    class Meta:
        model = Expert
        fields = [
            "authority",
            "function_title",
            "function",
            "role_type",
            "years",
            "missions",
            "employer_name",
            "employer_email",
            "visibility",
            "travel_excluded",
        ]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["authority"].queryset = Authority.objects.of_member(user, Role.EXPERT)
        self.fields["authority"].help_text = _("Ask to join your authority as an expert first.")
        for name in ("employer_name", "employer_email"):
            self.fields[name].help_text = _("Asked for an agreement before each exchange.")

    def save(self, commit=True):
        self.instance.languages = self.spoken()
        return super().save(commit)


class OfferForm(forms.ModelForm):
    forms = forms.MultipleChoiceField(
        label=_("Forms of exchange"), choices=ExchangeForm, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Offer
        fields = ["title", "text", "language", "forms", "capacity", "remote"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        form = forms
        self.fields["language"] = form.ChoiceField(
            label=_("Written in"), choices=list(LANGUAGES.items())
        )
        held = list(self.instance.topics.select_related("theme")) if self.instance.pk else []
        choices = topics()
        for n in range(1, 4):
            topic = held[n - 1] if n <= len(held) else None
            self.fields[f"topic_{n}"] = form.ChoiceField(
                label=_("Topic %d") % n,
                choices=choices,
                required=n == 1,
                initial=topic and topic.theme.code,
            )
            self.fields[f"mastery_{n}"] = form.ChoiceField(
                label=_("How well do you know it?"),
                choices=BLANK + Mastery.choices,
                required=n == 1,
                initial=topic and str(topic.level),
            )
        window = self.instance.windows.first() if self.instance.pk else None
        for name, label in (("free_from", _("Free from")), ("free_until", _("Free until"))):
            self.fields[name] = form.DateField(
                label=label,
                required=False,
                initial=window and (window.starts_on if name == "free_from" else window.ends_on),
                widget=form.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            )

    def clean(self):
        cleaned = super().clean()
        start, end = cleaned.get("free_from"), cleaned.get("free_until")
        if bool(start) != bool(end) or (start and end and end < start):
            message = _("Give both days, the last one after the first.")
            self.add_error("free_until", ValidationError(message, code="window"))
        return cleaned

    def chosen_topics(self):
        """Return {topic code: level 1..4}."""
        cleaned = self.cleaned_data
        return {
            cleaned[f"topic_{n}"]: int(cleaned.get(f"mastery_{n}") or 2)
            for n in (1, 2, 3)
            if cleaned.get(f"topic_{n}")
        }

    def window(self):
        """Return (first, last) free day, or None."""
        start, end = self.cleaned_data.get("free_from"), self.cleaned_data.get("free_until")
        return (start, end) if start and end else None
