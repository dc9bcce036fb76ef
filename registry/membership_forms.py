"""The forms by which somebody joins an organisation, or proposes one that the registry lacks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from connect.countries import countries_by_name
from connect.fields import BLANK
from connect.names import check_function, check_name
from connect.pasted_values import LineField, PageField
from registry.enums import AUTHOR_ROLES, ROLE_TASKS, Role


class JoinAssociationForm(forms.Form):
    function = LineField(
        label=_("Your function there"), max_length=120, validators=[check_function]
    )


class JoinForm(JoinAssociationForm):
    roles = forms.MultipleChoiceField(
        label=_("What is your role here?"),
        choices=[(role, ROLE_TASKS[role]) for role in (*AUTHOR_ROLES, Role.EXPERT)],
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ["roles", "function"]

    def __init__(self, *args, held=None, role="", **kwargs):
        """Of a member (`held`: their membership) ask only what they cannot do there yet."""
        super().__init__(*args, **kwargs)
        roles: Any = self.fields["roles"]
        roles.initial = [role]
        if held:
            roles.choices = held.other_tasks
            self.fields["function"].initial = held.function


class ProposeForm(JoinForm):
    """An authority to propose that the registry lacks, with proof that one works there."""

    name = LineField(
        label=_("Official name of the authority"), max_length=200, validators=[check_name]
    )
    country = forms.ChoiceField(label=_("Country"), choices=lambda: [*BLANK, *countries_by_name()])
    website = PageField(label=_("Its website or page, if it has one"), required=False)
    proof = forms.CharField(
        label=_("What shows that it exists, and that you work there?"),
        help_text=_(
            "Example: the page that names you, the law or gazette that created the "
            "authority, the telephone of its secretariat."
        ),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    field_order = ["name", "country", "website", "function", "roles", "proof"]
