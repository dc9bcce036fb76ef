"""What people write around a good practice."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from connect.fields import formfield, get_field
from connect.numbers import WholeField
from connect.pasted_values import check_no_contact
from connect.stale_forms import StaleFormMixin
from practices.models import Photo, PracticeText
from registry.forms import SEVERAL, topic_choices
from registry.models import Authority, Theme


class TextForm(StaleFormMixin, forms.ModelForm):
    """The text of one language; the form of the original also has years and topics."""

    class Meta:
        model = PracticeText
        formfield_callback = formfield
        fields = ["title", "summary", "problem", "done", "result", "cost", "failed", "conditions"]
        widgets = {
            name: forms.Textarea(attrs={"rows": rows})
            for name, rows in {
                **{"summary": 3, "problem": 5, "done": 6},
                **{"result": 4, "cost": 3, "failed": 3, "conditions": 3},
            }.items()
        }
        help_texts = {
            "title": _("What others would search for. 10 to 120 characters."),
            "summary": _("What people read first. 100 to 500 characters."),
            "result": _("Figures before and after, since when, and how you know."),
            "failed": _("What others need most: what you would not do again."),
            "conditions": _("Laws, staff, money, partners: what has to be in place first."),
        }


def year_field(label):
    words = _("Enter a year from 1990 to 2100, for example 2026.")
    errors = {"min_value": words, "max_value": words, "invalid": words}
    return WholeField(label=label, min_value=1990, max_value=2100, error_messages=errors)


class OriginalForm(TextForm):
    year_from = year_field(_("From (year)"))
    year_to = year_field(_("To (year)"))
    topics = forms.MultipleChoiceField(
        label=_("Topics"),
        help_text=format_lazy("{} {}", _("One to five."), SEVERAL),
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )

    def __init__(self, *args, practice, **kwargs):
        super().__init__(*args, **kwargs)
        get_field(self, "topics", forms.MultipleChoiceField).choices = topic_choices()[1:]
        self.initial.update(
            year_from=practice.year_from,
            year_to=practice.year_to,
            topics=[theme.code for theme in practice.topics.all()],
        )

    def clean_topics(self):
        codes = self.cleaned_data["topics"]
        if len(codes) > 5:
            raise forms.ValidationError(_("Five topics at most."))
        return list(Theme.objects.filter(code__in=codes))

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        first, last = cleaned.get("year_from"), cleaned.get("year_to")
        if first and last and last < first:
            self.add_error("year_to", _("It cannot end before it begins."))
        return cleaned


class PhotoForm(forms.ModelForm):
    file = forms.FileField(
        label=_("Picture"),
        help_text=_(
            "A JPEG, PNG or HEIC picture, 10 MB at most; where it was taken is not stored."
        ),
    )
    consent = forms.BooleanField(
        label=_("Nobody who took part can be recognised; anyone else who can be has agreed."),
        help_text=_(
            "A picture of somebody who took part belongs with the pictures of the "
            "exchange, where they are asked for their consent."
        ),
    )

    class Meta:
        model = Photo
        formfield_callback = formfield
        fields = ["file", "alt", "credit"]


class UseForm(forms.Form):
    authority = forms.ModelChoiceField(
        label=_("Your authority"), queryset=Authority.objects.none(), empty_label="—"
    )
    words = forms.CharField(
        label=_("What it changed in your authority"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[check_no_contact],
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        own = Authority.objects.of_author(user)
        field = get_field(self, "authority", forms.ModelChoiceField)
        field.queryset = own
        if len(own[:2]) == 1:
            field.empty_label = None


class ContactForm(forms.Form):
    text = forms.CharField(
        label=_("Your message"), max_length=1500, widget=forms.Textarea(attrs={"rows": 5})
    )
