"""What people do is written with a colon, or names the programme: it is no name of an officer."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from applications.sections import SECTIONS
from connect.names import check_function
from exchanges.forms.follow_up_forms import MeasureForm
from exchanges.forms.participant_forms import ParticipantForm
from registry.membership_forms import JoinForm
from registry.models import Expert
from tests.factories import make_authority, make_dossier, make_user

FOLLOW_UP = next(slug for slug, one in SECTIONS.items() if "follow_up_person" in one.base_fields)
FUNCTIONS = [
    *("Coordinator of CONNECT", "point focal CONNECT", "Kofi Mensah: sanitation officer"),
    *(
        "Punto focal de CONNECT",
        "Head of unit: water",
        "Coordinatrice CONNECT",
        "Awa Ba : cheffe de l’eau",
    ),
]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_may_have_a_colon_or_name_the_programme(function):
    check_function(function)


@pytest.mark.parametrize(
    ("function", "code"),
    [
        *(("CONNECT", "programme"), ("CONNECT programme team", "programme")),
        *(("Officer, European Commission", "programme"), ("VNG International", "programme")),
        *(("C0NNECT team", "programme"), ("Clerk, see www.evil.test", "address")),
        *(("You won! Click", "sentence"), ("Kofi: look: here", "sentence"), ("12", "name")),
        ("Kofi: https://evil.test", "address"),
        *(("Team CONNECT", "programme"), ("Programme CONNECT", "programme")),
        *(("The CONNECT", "programme"), ("L’équipe CONNECT", "programme")),
    ],
)
def test_what_poses_as_the_programme_or_leads_elsewhere_is_still_no_function(function, code):
    with pytest.raises(ValidationError) as refusal:
        check_function(function)

    assert refusal.value.code == code


def test_every_box_for_a_function_takes_it():
    sections = [
        (SECTIONS["contact"], "focal_function"),
        (SECTIONS["contact"], "legal_function"),
        (SECTIONS[FOLLOW_UP], "follow_up_person"),
    ]
    fields = [section.base_fields[name] for section, name in sections]
    fields += [JoinForm.base_fields["function"], Expert._meta.get_field("function_title")]

    for field in fields:
        assert check_function in field.validators
    assert (ParticipantForm.functions, MeasureForm.functions) == (("function",), ("responsible",))


@pytest.mark.django_db
def test_an_application_keeps_who_leads_the_plan_with_their_function(client):
    """“Kofi Mensah: sanitation officer” was refused as a sentence."""
    town = make_authority()
    dossier = make_dossier(town)
    client.force_login(make_user("Efua", works_for=town))
    typed = {
        "contact": {"focal_function": "Coordinator of CONNECT"},
        FOLLOW_UP: {"follow_up_person": "Kofi Mensah: sanitation officer"},
    }

    for slug, fields in typed.items():
        version = dossier.drafts.get(section=slug).version
        page = reverse("section", args=[dossier.reference, slug])
        client.post(page, fields | {"version": version})

    dossier.refresh_from_db()
    assert dossier.focal_function == "Coordinator of CONNECT"
    assert dossier.follow_up_person == "Kofi Mensah: sanitation officer"
