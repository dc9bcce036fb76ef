"""The countries of a call are chosen one by one: no plain press empties the choice."""

import pytest
from django.urls import reverse
from lxml import html

from tests.factories import make_call, make_officer
from tests.worlds import form_data, signed_in

pytestmark = pytest.mark.django_db


def test_the_chosen_countries_stand_on_top_and_the_others_by_continent():
    """It was a list of 249 lines, of which eight were seen: one press emptied the choice."""
    call = make_call(countries=["SN", "GH"])
    desk = signed_in(make_officer())
    page = reverse("admin:applications_call_change", args=[call.pk])

    answer = desk.get(page)
    tree = html.fromstring(answer.content)
    (picker,) = tree.xpath("//*[@data-picker]")

    assert not tree.xpath("//select[@multiple]")
    assert picker.xpath("string(fieldset/legend)") == "2 countries chosen"
    chosen = [line.text_content().strip() for line in picker.xpath("fieldset//li")]
    assert chosen == ["Ghana", "Senegal"]
    boxes = picker.xpath(".//input[@type='checkbox']")
    assert {box.get("value") for box in boxes if box.get("checked") is not None} == {"GH", "SN"}
    assert len({box.get("value") for box in boxes}) == len(boxes) > 240
    africa = picker.xpath("details[starts-with(normalize-space(summary), 'Africa')]")[0]
    assert "Kenya" in africa.text_content() and "Ghana" not in africa.text_content()


def test_one_country_is_added_and_one_removed_by_its_box():
    call = make_call(countries=["SN", "GH"])
    desk = signed_in(make_officer())
    page = reverse("admin:applications_call_change", args=[call.pk])
    form = desk.get(page).context["adminform"].form
    typed = form_data(form) | {"countries": ["GH", "KE"]}

    answer = desk.post(page, typed)

    assert answer.status_code == 302, answer.context["errors"]
    call.refresh_from_db()
    assert sorted(one.code for one in call.countries) == ["GH", "KE"]
