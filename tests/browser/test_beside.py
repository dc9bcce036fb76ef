"""A page with several forms: the button of one loses nothing that was typed in another."""

import pytest
from django.test import Client
from django.urls import reverse

from matching.models import Interest
from tests.browser.visits import sign_in
from tests.worlds import OneOfEach, Table

pytestmark = pytest.mark.django_db(transaction=True)

# Every box of every form is filled; then the form of this number is sent, whatever it asks for.
TYPE = """() => [...document.querySelectorAll("form[method=post]")].flatMap((form, number) =>
  [...form.elements]
    .filter((field) => field.matches("textarea, input:is(:not([type]), [type=text], [type=email])"))
    .map((field) => {
      field.value = `Typed in ${field.id}`.slice(0, 40);
      return [number, field.id, field.value];
    }))"""
# But those of whoever leaves, who leaves what they typed.
FORMS = """() => [...document.querySelectorAll("form[method=post]")].flatMap((form, number) =>
  form.matches("#session-ends form, [data-forget], [action$='/logout/']") ? [] : [number])"""
SEND = """(number) => {
  const form = document.querySelectorAll("form[method=post]")[number];
  form.noValidate = true;
  form.requestSubmit();
}"""


def pages_with_several_forms():
    """Give (who, address) of pages where one types in one form, and may press another's button."""
    world, table = OneOfEach(), Table()
    named = (
        ("colleague", "dossier exchange-participants exchange-pictures practice practice-photos"),
        ("colleague", "co-applicants exchange-session"),
        ("neighbour", "practice"),
        ("expert", "exchange-session practice"),
        ("officer", "exchange-session practice sign match"),
        ("anonymous", "exchange-part sign plan-by-link answer-by-link"),
    )
    Interest.objects.update(status="shortlisted")
    for role, names in named:
        for name in names.split():
            yield world.people[role], reverse(name, args=world.arguments[name])
    yield table.ineke.user, table.match.get_absolute_url()
    yield table.ines, reverse("admin:matching_desk", args=[table.dossier.pk])


@pytest.mark.long
def test_no_button_of_a_page_loses_what_was_typed_in_another_form(site, browser):
    lost, tried, contexts = [], 0, {}

    for person, address in pages_with_several_forms():
        if person not in contexts:
            contexts[person] = browser.new_context()
            if person is not None:
                sign_in(contexts[person], Client(), person, site)
        page = contexts[person].new_page()
        page.goto(site + address)
        # What the button does is not done: the page is open again afterwards, as it was.
        page.route(
            "**/*",
            lambda route: (
                route.fulfill(body="done", content_type="text/html")
                if route.request.method == "POST"
                else route.continue_()
            ),
        )
        typed = page.evaluate(TYPE)
        forms = page.evaluate(FORMS)
        for sent in forms if len(forms) > 1 else ():
            page.evaluate(TYPE)
            with page.expect_navigation():
                page.evaluate(SEND, sent)
            page.goto(site + address)
            for number, field, words in typed:
                if number != sent:
                    tried += 1
                    box = page.locator(f"[id='{field}']")
                    if not field or box.input_value() != words:
                        lost.append((address, sent, field))
        page.close()

    assert lost == [] and tried > 20
