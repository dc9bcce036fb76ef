"""What one types on a page stays there when another of its buttons is pressed, without scripts."""

import re

import pytest
from django.test import Client
from django.utils import timezone
from lxml import html

from connect.local.places import BASE
from matching.runs import rank_waiting, request_run
from tests.addresses import EVERY_SIXTH, ROLES, pages_of
from tests.worlds import OneOfEach

TYPES = ("text", "email", "search", "url", "tel", "password")
FREE = " | ".join(
    ("//textarea", "//input[not(@type)]", *(f"//input[@type='{kind}']" for kind in TYPES))
)
# {where a form posts to: why it may stand beside one in which one types}
APART = {
    "/logout/": "whoever leaves, leaves what they typed",
    "/language/$": "the page is another one then: the desk's other pages have links for it",
    "/session/$": "it keeps the page as it is, and is shown to scripts alone",
    "/leave/$": "whoever leaves an organisation decides no requests of it any more",
    "/links/": "a link is withdrawn because it must not work a moment longer",
    # The one text of an application that was sent is the reason of its withdrawal, or an opinion.
    "/dossiers/[^/]+/(step|copy|contact|summary|files|signature|keep|opinion|delete)": "as above",
    # Each text is the reason of its own button, which ends or moves the practice.
    "/practices/[^/]+/": "as above",
}


def test_each_form_that_keeps_what_is_typed_has_the_line_that_its_script_writes_to():
    """The script of an intern's diary stopped at once, for its form had none."""
    lacking = []
    for path in sorted((BASE / "templates").rglob("*.html")):
        forms = re.findall(r"<form[^>]*data-typed.*?</form>", path.read_text(), re.DOTALL)
        lacking += [path.name for form in forms if "_typed.html" not in form]

    assert lacking == []


def form_around(field):
    return next(field.iterancestors("form"), None)


def forms_that_lose(page):
    """Return where the forms post to that throw away what was typed in another one of a page."""
    tree = html.fromstring(page)
    posting = tree.xpath("//form[@method='post']")
    named = {form.get("id"): form for form in posting if form.get("id")}
    owners = [
        named[field.get("form")] if field.get("form") in named else form_around(field)
        for field in tree.xpath(FREE)
    ]
    typed_in = {form for form in owners if form in posting}
    if not typed_in:
        return []
    text_forms = [form for form in posting if form in typed_in]
    others = [form for form in posting if form is not text_forms[0]]
    addresses = [form.get("action") or "(the page itself)" for form in others]
    return [one for one in addresses if not any(re.search(apart, one) for apart in APART)]


@pytest.mark.long
@pytest.mark.django_db
@EVERY_SIXTH
def test_no_button_of_a_page_belongs_to_another_form_than_the_one_in_which_one_types(apart):
    """It would throw away what was typed: such buttons are of that form (`_beside.html`)."""
    world = OneOfEach()
    request_run(world.published.pk)
    rank_waiting(timezone.now())
    clients = {role: Client() for role in ROLES}
    for role, person in world.people.items():
        if person is not None:
            clients[role].force_login(person)

    losing, tried = {}, 0
    for role, address in dict.fromkeys(pages_of(world, apart)):
        answer = clients[role].get(address, follow=True)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            tried += 1
            if found := forms_that_lose(answer.content):
                losing[role, address] = found

    assert losing == {} and tried > 250 / apart
