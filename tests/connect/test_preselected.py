"""What a form has already chosen is counted and published as if somebody had said it."""

import inspect

import pytest
from django import forms

from tests.modules import modules_of_the_product

# What a form may begin with, and why it says nothing for anybody.
ALLOWED = {
    "PersonForm.language": "the account's own, as it stands",
    "PersonForm.time_zone": "the account's own, as it stands",
    "ParticipantForm.language": "of our e-mails: whoever names them speaks it",
    "ParticipantForm.visa": "“not checked yet” is no answer",
    "PlanForm.mode": "the strictest: nothing is spared by it",
    "SessionForm.kind": "no rule of a form of exchange is fulfilled by it",
    "SessionForm.time_zone": "of the place where one meets",
    "ExpertForm.visibility": "the fewest readers until the expert says more",
    "AuthorityForm.status": "the row as it stands",
    "Period.format": "of a file to download; nothing is stored",
}


def forms_of_the_product():
    for module in modules_of_the_product():
        yield from forms_of(module)


def forms_of(module):
    for made in vars(module).values():
        is_form = inspect.isclass(made) and issubclass(made, forms.BaseForm)
        if is_form and made.__module__ == module.__name__:
            yield made


def begins_chosen(field):
    """True if a browser shows one of the choices before anybody chose."""
    if not isinstance(field, forms.ChoiceField) or isinstance(
        field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField
    ):
        return False
    if field.initial:
        return True
    if isinstance(field.widget, forms.RadioSelect):
        return False
    if isinstance(field, forms.ModelChoiceField):
        return field.empty_label is None
    choices = list(field.choices)
    return bool(choices) and choices[0][0] not in ("", None)


@pytest.mark.django_db
def test_no_form_begins_with_an_answer_that_nobody_gave():
    found = {
        f"{made.__name__}.{name}"
        for made in forms_of_the_product()
        for name, field in getattr(made, "base_fields", {}).items()
        if begins_chosen(field)
    }

    assert found == set(ALLOWED)
