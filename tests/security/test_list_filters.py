"""A list of the desk is filtered by what it shows: not by columns that nobody may read."""

import pytest
from django.contrib import admin
from django.urls import reverse

from tests.factories import make_officer, make_user
from tests.worlds import signed_in

pytestmark = pytest.mark.django_db

USERS = "admin:accounts_user_changelist"


def test_an_officer_cannot_guess_a_password_s_hash_letter_by_letter():
    """H36: nor who has the rights of an administrator, a former name, or when a link was asked."""
    make_user("Efua").set_password("a long password")
    ines = signed_in(make_officer())
    asked = {
        "password__startswith": "scrypt",
        "is_superuser__exact": "1",
        "former_name__startswith": "A",
        "reset_asked_at__gt": "2020-01-01",
    }

    for page in (USERS, "admin:accounts_user_export"):
        answers = {name: ines.get(reverse(page), {name: value}) for name, value in asked.items()}
        assert {name: one.status_code for name, one in answers.items()} == dict.fromkeys(asked, 400)


def test_no_list_of_the_desk_is_filtered_by_another_column_than_its_filters():
    vera = make_officer("Vera")
    vera.is_superuser = True
    vera.save()
    desk, open_to_all = signed_in(vera), []

    for model, listed in admin.site._registry.items():
        page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        shown = [one[0] if isinstance(one, tuple) else one for one in listed.list_filter]
        for field in model._meta.concrete_fields:
            if field.name in (*shown, listed.date_hierarchy):
                continue
            if desk.get(page, {f"{field.attname}__isnull": "0"}).status_code == 200:
                open_to_all.append(f"{model.__name__}.{field.attname}")

    assert open_to_all == []


def test_the_filters_of_a_list_filter_it():
    ines = make_officer("Ines")
    efua, desk = make_user("Efua"), signed_in(ines)
    group = ines.groups.get()

    for asked, found in (
        ({"is_staff__exact": "1"}, {ines}),
        ({"is_staff__exact": "0"}, {efua}),
        ({"groups__id__exact": group.pk}, {ines}),
        ({"groups__isnull": "True"}, {efua}),
    ):
        assert set(desk.get(reverse(USERS), asked).context["cl"].result_list) == found
