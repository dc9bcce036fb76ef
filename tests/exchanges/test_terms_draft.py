"""Terms that are half written are saved as a draft: nobody is asked to sign them before."""

import pytest
from django.urls import reverse
from lxml import html

from connect.stale_forms import SAVED_FIELD
from exchanges.forms.plan_forms import TermsForm
from exchanges.models import Exchange, Terms
from notifications.models import Letter
from tests.worlds import agreed, signed_in

pytestmark = pytest.mark.django_db
HALF = {"purpose": "The council can decide on a fee.", "tasks": "Days 1 and 2: a visit."}
REST = {"outputs": "A draft by-law.", "means": "A car and a room."}


class Begun:
    """Efua and Ineke write the terms of their exchange."""

    def __init__(self):
        self.table, self.exchange = agreed()
        self.efua, self.ineke = signed_in(self.table.efua), signed_in(self.table.ineke.user)
        self.page = reverse("exchange-terms", args=[self.exchange.reference])

    def read(self, browser):
        """Return what stands in the boxes of the page, by name."""
        tree = html.fromstring(browser.get(self.page).content)
        (form,) = tree.xpath("//form[@id='typed']")
        return {name: form.fields[name].strip() for name in TermsForm.Meta.fields}

    def shown(self, browser):
        """Return what the page posts unseen: how it read the text."""
        tree = html.fromstring(browser.get(self.page).content)
        (form,) = tree.xpath("//form[@id='typed']")
        return {name: words for name, words in form.fields.items() if name == SAVED_FIELD}


def test_half_of_the_terms_is_saved_and_the_other_side_goes_on_with_it():
    begun = Begun()

    said = begun.efua.post(begun.page, HALF | {"draft": "1"}, follow=True).text
    assert "The draft has been saved. Nobody is asked to sign it yet." in said
    assert begun.read(begun.ineke) == HALF | dict.fromkeys(REST, "")
    assert not Terms.objects.exists() and not Letter.objects.filter(template="terms_to_sign")

    begun.ineke.post(begun.page, begun.read(begun.ineke) | REST)
    written = Terms.objects.get()
    assert {name: getattr(written, name) for name in HALF | REST} == HALF | REST
    assert Exchange.objects.get().terms_draft is None
    assert Letter.objects.filter(template="terms_to_sign").exists()


def test_what_is_missing_is_said_when_the_terms_are_sent_for_signature_and_nothing_is_lost():
    begun = Begun()

    refused = begun.efua.post(begun.page, HALF)

    assert HALF["purpose"] in refused.text and HALF["tasks"] in refused.text
    assert sorted(refused.context["form"].errors) == sorted(REST)
    assert not Terms.objects.exists()


def test_a_draft_leaves_the_version_that_was_written_to_be_read_and_signed():
    begun = Begun()
    begun.efua.post(begun.page, HALF | REST)

    begun.efua.post(begun.page, HALF | {"outputs": "", "means": "", "draft": "1"})

    page = begun.ineke.get(begun.page).text
    assert "A draft by-law." in page and "Sign version 1" in page
    begun.ineke.post(begun.page, {"sign": "1"})
    assert Terms.objects.get().signatures.count() == 1
    begun.efua.post(begun.page, HALF | REST)  # as it was: no new version, and no draft
    assert Terms.objects.count() == 1 and Exchange.objects.get().terms_draft is None


def test_a_draft_that_the_other_side_saved_meanwhile_is_not_overwritten():
    begun = Begun()
    begun.efua.post(begun.page, HALF | {"draft": "1"})
    before = begun.shown(begun.ineke)
    begun.efua.post(begun.page, HALF | {"tasks": "Days 1 to 3: visits.", "draft": "1"})

    begun.ineke.post(begun.page, HALF | {"tasks": "One day.", "draft": "1"} | before)

    assert Exchange.objects.get().terms_draft["tasks"] == "Days 1 to 3: visits."
