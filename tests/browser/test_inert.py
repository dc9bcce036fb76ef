"""What people typed is shown as they typed it and does nothing, on every page that shows it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.enums import Status
from applications.models import Attachment, Dossier
from matching.models import Interest
from matching.runs import rank_waiting, request_run
from registry.models import Association, Authority, Expert, Offer
from tests.browser.visits import sign_in
from tests.factories import (
    make_authority,
    make_dossier,
    make_expert,
    make_interest,
    make_letter,
    make_member,
    make_offer,
    make_officer,
    make_user,
)
from tests.poison import PAYLOADS
from tests.worlds import Table

pytestmark = pytest.mark.django_db(transaction=True)

ALL = " ".join(PAYLOADS)

# What the payloads would leave in a page where one of them came alive.
ALIVE = """() => [...document.querySelectorAll("*")].filter((element) =>
  [...element.attributes].some((a) => a.name.startsWith("on"))
  || /^\\s*javascript:/i.test(element.getAttribute("href") ?? "")
  || element.matches("script:not([src]):not([type='application/ld+json']), iframe, base, math")
  || element.matches("form[action^='https:'], meta[http-equiv=refresh], object")
  || /evil[.]example/.test(element.getAttribute("src") ?? element.getAttribute("href") ?? "")
).map((element) => element.outerHTML.slice(0, 90))"""


def spoiled():
    """Give (who, address) of the pages that show what was typed: payloads, everywhere."""
    table = Table()
    agona = table.agona
    association = agona.associations.create(name=ALL[:150], country="GH", scope="national")
    abena = make_user("Abena")
    abena.memberships.create(
        association=association, roles=["association_officer"], status="active", function=ALL[:100]
    )
    table.efua.memberships.update(function=ALL[:100])
    expert = make_expert("Ineke")
    offer, now = make_offer(expert), timezone.now()
    published = make_dossier(agona, status=Status.PUBLISHED)
    judged = make_dossier(status=Status.UNDER_SELECTION)
    draft = make_dossier(agona)
    asked = make_authority()
    newcomer = make_user("Kofi")
    newcomer.memberships.create(authority=agona, roles=["editor"], function=ALL[:100])
    interest = make_interest(published, expert)
    for dossier in (published, judged, draft):
        make_letter(dossier)
        for section in dossier.drafts.all():
            section.raw = {name: [ALL] for name in section.raw}
            section.save()
        dossier.co_applicants.create(
            name=ALL[:100], country="GH", contact=ALL[:100], address="a@example.org", asked_at=now
        )
        dossier.events.create(verb="cancel", target="draft", details={"note": ALL}, at=now)
    request_run(published.pk)
    rank_waiting(now)
    texts = dict.fromkeys(("title", "summary", "problem", "context", "objective"), ALL)
    Dossier.objects.update(**texts | {"title": ALL[:120], "focal_name": ALL[:100]})
    Attachment.objects.update(name=ALL[:150])
    Interest.objects.update(motivation=ALL, comparable_case=ALL, approach=ALL)
    Expert.objects.update(function_title=ALL[:100], employer_name=ALL[:100])
    Offer.objects.update(title=ALL[:120], text=ALL)
    Authority.objects.exclude(pk=asked.pk).update(name=ALL[:150])
    Association.objects.update(acronym=ALL[:20])
    for person in (table.efua, expert.user, newcomer, abena):
        person.name = ALL[:150]
        person.save()
    officer, member = make_officer(), make_member("Anna")
    judged.conflicts.create(member=member, has_conflict=False, text=ALL[:500], at=now)
    return [
        (None, reverse("home")),
        (None, reverse("opportunities")),
        (None, reverse("opportunity", args=[published.reference])),
        (None, reverse("experts")),
        (None, reverse("experts") + "?q=%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E"),
        (None, expert.get_absolute_url()),
        (None, reverse("authorities")),
        (None, agona.get_absolute_url()),
        (table.efua, reverse("my")),
        (table.efua, reverse("memberships")),
        (table.efua, draft.get_absolute_url()),
        (table.efua, reverse("section", args=[draft.reference, "problem"])),
        (table.efua, reverse("section", args=[draft.reference, "contact"])),
        (table.efua, reverse("check-answers", args=[draft.reference])),
        (table.efua, reverse("co-applicants", args=[draft.reference])),
        (table.efua, published.get_absolute_url()),
        (table.efua, interest.get_absolute_url()),
        (table.efua, table.match.get_absolute_url()),
        (expert.user, reverse("profile")),
        (expert.user, reverse("offer", args=[offer.pk])),
        (abena, reverse("association")),
        (member, reverse("committee")),
        (member, reverse("committee-dossier", args=[judged.reference])),
        (officer, reverse("admin:applications_dossier_changelist")),
        (officer, reverse("admin:applications_dossier_change", args=[published.pk])),
        (officer, reverse("admin:matching_desk", args=[published.pk])),
        (officer, reverse("admin:applications_call_committee", args=[judged.call.pk])),
        (officer, reverse("admin:registry_expert_changelist")),
        (officer, reverse("admin:registry_authority_changelist")),
        (officer, reverse("admin:notifications_letter_changelist")),
    ]


@pytest.mark.long
def test_what_was_typed_comes_alive_on_no_page(site, browser, client):
    """Check I1; the content security policy is taken off, so that escaping alone must hold."""
    alive, shown = [], 0

    for person, address in spoiled():
        context = browser.new_context(bypass_csp=True)
        if person is not None:
            sign_in(context, client, person, site)
        page, said = context.new_page(), []
        page.on("dialog", lambda dialog, said=said: (said.append(dialog.message), dialog.accept()))
        response = page.goto(site + address)
        found = page.evaluate(ALIVE)
        if response.status != 200 or found or said:
            alive.append((address, response.status, said, found))
        shown += "alert(" in page.inner_text("body")
        context.close()

    assert alive == []
    assert shown > 20  # they are there to be read
