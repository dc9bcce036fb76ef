"""The forms of the desk about people: whom to look up, to add, to give rights, to erase."""

from django import forms
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from accounts import team
from accounts.forms import country_of_work
from accounts.models import OFFICERS, ErasureReason
from accounts.team import Role
from connect.fields import BLANK, get_field
from connect.languages import language_choices
from connect.pasted_values import MailboxField, TelephoneField

# An officer erases for a reason of these; the others are the person's own, or the clock's.
REASONS = [ErasureReason.WROTE, ErasureReason.OBJECTED, ErasureReason.UNLAWFUL]


class LookUpForm(forms.Form):
    """The address travels in the form, never in the page's own address."""

    address = MailboxField(label=_("E-mail address"), max_length=254)


class ColleagueForm(forms.Form):
    """Who joins the programme team, and as what."""

    address = MailboxField(label=_("E-mail address"), max_length=254)
    name = forms.CharField(
        label=_("Name"),
        max_length=150,
        required=False,
        help_text=_("Only if they have no account yet."),
    )
    language = forms.ChoiceField(
        label=_("Language of their e-mails"), choices=lambda: [*BLANK, *language_choices()]
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, widget=forms.RadioSelect)


class RightsForm(forms.ModelForm):
    """An account and its rights; an officer, who gives none, has no boxes for them."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.former = team.list_roles(self.instance) if self.instance.pk else []
        if self.instance.pk and "phone" in self.fields:  # an officer, who reads, has none
            get_field(self, "phone", TelephoneField).country = country_of_work(self.instance)
        groups = self.fields.get("groups")
        if isinstance(groups, forms.ModelMultipleChoiceField):  # that of officers follows the role
            groups.queryset = Group.objects.exclude(name=OFFICERS)
            groups.help_text = ""
            chosen = [group for group in self.initial["groups"] if group.name != OFFICERS]
            self.initial["groups"] = chosen

    def clean_groups(self):
        """Return the groups that are chosen, and that of officers where the person is one."""
        officers = Group.objects.filter(name=OFFICERS)
        is_staff = self.cleaned_data.get("is_staff", self.instance.is_staff)
        return self.cleaned_data["groups"] | (officers if is_staff else officers.none())

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        rights = ("is_active", "is_staff", "is_superuser")
        asked = {name: cleaned.get(name, getattr(self.instance, name)) for name in rights}
        team.check_rights(self.instance, **asked)
        return cleaned


class EraseForm(forms.Form):
    why = forms.ChoiceField(
        label=_("Why"), choices=[*BLANK, *((one, one.label) for one in REASONS)]
    )
    is_sure = forms.BooleanField(
        label=_("I have checked that this person asked for it, or must go")
    )
