"""A number means the same however it is written, in tables, on pages and in the Word form."""

from decimal import Decimal

import pytest
from babel import localedata
from babel.numbers import format_decimal
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import AutoField, FloatField, IntegerField
from django.forms import modelform_factory
from django.test import RequestFactory
from django.urls import get_resolver
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from applications import section_answers
from applications.forms.call_forms import CallForm
from applications.models import Call
from applications.reading import list_answers as read_answers
from applications.reading import list_differences
from applications.sections import SECTIONS
from connect.hours import HourField
from connect.numbers import AmountField, WholeField
from connect.pasted_values import DayField, MailboxField, PageField
from exchanges.forms.budget_forms import BudgetLineForm
from exchanges.forms.follow_up_forms import MeasureForm, ReportForm
from exchanges.models import PerDiem, Rate
from registry.models import Authority
from registry.table_cells import Amount, Whole
from tests.factories import answers, make_authority, make_dossier, make_officer, make_user
from tests.languages import CODES

# One that counts in groups of two, in a language made up.
LOCALES = [name for name in localedata.locale_identifiers() if not name.startswith("tok")]


@given(
    st.sampled_from(LOCALES),
    st.sampled_from(["latn", "default"]),
    st.decimals(-(10**9), 10**9, places=2),
    st.integers(-(10**9), 10**9),
)
def test_a_number_written_in_any_country_is_read_back(locale, digits, amount, whole):
    written, counted = (
        format_decimal(number, locale=locale, numbering_system=digits) for number in (amount, whole)
    )

    assert AmountField(decimal_places=2).clean(written) == amount
    assert AmountField(decimal_places=2).clean(counted) == whole
    assert Amount(places=2).clean(written) == amount
    assert (WholeField().clean(counted), Whole().clean(counted)) == (whole, whole)


@pytest.mark.parametrize(
    ("typed", "whole", "two_decimals", "four_decimals"),
    [
        ("45.300", 45300, "45300", "unclear"),
        ("45,300", 45300, "45300", "unclear"),
        ("45 300", 45300, "45300", "45300"),
        ("45\xa0300", 45300, "45300", "45300"),
        ("45’300", 45300, "45300", "45300"),
        ("12.000", 12000, "12000", "unclear"),
        ("12,34,567", 1234567, "1234567", "1234567"),
        ("1.234,50", "invalid", "1234.50", "1234.50"),
        ("1,234.50", "invalid", "1234.50", "1234.50"),
        ("1’234.50", "invalid", "1234.50", "1234.50"),
        ("0,125", "invalid", "max_decimal_places", "0.125"),
        ("12,5", "invalid", "12.5", "12.5"),
        (",5", "invalid", "0.5", "0.5"),
        ("7.0", 7, "7.0", "7.0"),
        ("٤٥٬٣٠٠", 45300, "45300", "45300"),
        ("\u200e−3", -3, "-3", "-3"),
        ("12 5", "invalid", "invalid", "invalid"),
        ("1.2.3", "invalid", "invalid", "invalid"),
        ("1e5", "invalid", "invalid", "invalid"),
        ("45k", "invalid", "invalid", "invalid"),
        ("-", "invalid", "invalid", "invalid"),
        ("9" * 41, "invalid", "invalid", "invalid"),
    ],
)
@pytest.mark.parametrize("language", CODES)
def test_a_number_is_never_smaller_than_was_meant(
    language, typed, whole, two_decimals, four_decimals
):
    def read(field):
        try:
            return field.clean(typed)
        except ValidationError as refusal:
            assert all("%" not in message for message in refusal.messages)
            return refusal.error_list[0].code

    with translation.override(language):
        read_as = [read(AmountField(decimal_places=places)) for places in (2, 4)]

        assert read(WholeField()) == whole
        assert [str(one) for one in read_as] == [two_decimals, four_decimals]


def test_what_is_asked_for_decides_between_two_readings():
    assert AmountField(max_value=90).clean("5,533") == Decimal("5.533")
    with pytest.raises(ValidationError, match="“12.500” may mean 12500 or 12.5: enter the one"):
        AmountField().clean("12.500")


def test_the_doubt_about_a_quantity_is_the_same_on_every_page_and_in_the_readers_marks():
    """45.300 was asked for among the results, and 45,300 in silence in the action plan."""
    made = [
        SECTIONS["results"].base_fields["target_1"],
        *(MeasureForm.base_fields["target"], ReportForm.base_fields["value"]),
        MeasureForm.base_fields["cost"],
        *(BudgetLineForm.base_fields[name] for name in ("quantity", "unit_cost", "spent")),
    ]
    with translation.override("fr"):
        for field in made:
            with pytest.raises(ValidationError) as refusal:
                field.clean("45.300")
            assert (
                "«\u00a045.300\u00a0» peut signifier 45300 ou 45,3\u00a0:"
                in refusal.value.messages[0]
            )


@pytest.mark.django_db
def test_money_and_currencies_are_shown_as_they_were_understood():
    dossier = make_dossier(make_authority())
    typed = {"resource_1": "room", "worth_1": "45'300", "currency_1": "cedis"}
    raws = {"resources": {name: [text] for name, text in typed.items()}}
    other = raws["resources"] | {"worth_1": ["45 300"], "currency_1": ["GHS"]}

    with translation.override("fr"):
        shown = {section.slug: rows for section, rows in read_answers(dossier, raws)}["resources"]

    assert [words for _label, words in shown][1:] == ["45\xa0300", "GHS"]
    assert list_differences(dossier, "resources", raws["resources"], other) == []


@pytest.mark.django_db
def test_a_section_counts_what_was_typed_whatever_its_marks(client):
    """Twelve thousand households were twelve: Django drops what it takes for empty decimals."""
    agona = make_authority()
    dossier = make_dossier(agona)
    client.force_login(make_user("Efua", works_for=agona))

    for slug, typed in {
        "beneficiaries": {"group_1": "informal", "group_size_1": "12.000"},
        "participants": {"travellers": "1", "local_participants": "1’040"},
        "results": answers(baseline_1="1 200", target_1="2.500,5"),
    }.items():
        form = section_answers.bind_section(
            slug, {name: [text] for name, text in typed.items()}, dossier=dossier
        )
        assert form.is_valid(), form.errors
        form.apply(dossier)

    assert dossier.target_groups[0]["group_size"] == 12000
    assert dossier.local_participants == 1040
    assert [dossier.results[0][name] for name in ("baseline", "target")] == ["1200", "2500.5"]


def subclasses(made):
    for one in made.__subclasses__():
        yield one
        yield from subclasses(one)


READERS = {  # what Django would read by itself, and what reads it alike in every language
    forms.IntegerField: (WholeField, AmountField),
    forms.DateField: DayField,
    forms.TimeField: HourField,
    forms.EmailField: MailboxField,
    forms.URLField: PageField,
}


@pytest.mark.django_db
def test_every_form_reads_numbers_days_and_addresses_alike():
    assert get_resolver().url_patterns  # by which all forms are loaded
    ours = {"accounts", "applications", "connect", "exchanges", "impact", "matching"}
    ours |= {"notifications", "practices", "registry"}
    made = [
        form
        for form in subclasses(forms.BaseForm)
        if hasattr(form, "base_fields")  # what is mixed into forms has none of its own
        and form.__module__.split(".")[0] in ours
        and form.__module__ != "accounts.sign_in"
    ]
    request = RequestFactory().get("/")
    request.user = make_officer()
    request.user.is_superuser = True
    for one in admin.site._registry.values():
        is_plain = type(one).change_view is admin.ModelAdmin.change_view
        is_ours = type(one).__module__.split(".")[0] in ours
        if is_plain and is_ours and one.has_change_permission(request):
            made.append(one.get_form(request))
    read = {
        f"{form.__module__}.{form.__qualname__}.{name}": field
        for form in made
        for name, field in form.base_fields.items()
        if isinstance(field, tuple(READERS))
    }

    assert len(read) > 50
    assert [
        name
        for name, field in read.items()
        for kind, reader in READERS.items()
        if isinstance(field, kind) and not isinstance(field, reader)
    ] == []


def test_every_number_that_the_admin_changes_has_its_bounds_in_the_model():
    change = admin.ModelAdmin.change_view
    changed = [
        (model, model_admin)
        for model, model_admin in admin.site._registry.items()
        if type(model_admin).change_view is change and model in (Authority, Call, PerDiem, Rate)
    ]
    unbounded = [
        f"{model.__name__}.{field.name}"
        for model, _model_admin in changed
        for field in model._meta.fields
        if isinstance(field, IntegerField | FloatField) and field.editable
        if not isinstance(field, AutoField) and field.name != "geonames_id"
        if "MaxValueValidator" not in {type(one).__name__ for one in field._validators}
    ]
    assert len(changed) == 4 and unbounded == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "number"),
    [("threshold", 150), ("quorum", 0), ("gap", 101), ("co_applicants_most", 99), ("budget", -1)],
)
def test_a_call_refuses_a_number_out_of_bounds(name, number):
    form = modelform_factory(Call, CallForm, fields=[name])({name: number})

    assert form.errors[name]
