"""A form begins from its row as the page was shown: what happened since is not undone by it."""

import pytest
from django.core.exceptions import PermissionDenied

from exchanges import agenda, budget
from exchanges.forms.agenda_forms import SessionForm
from exchanges.models import BudgetLine, Session
from matching.desk import save_interest, submit_interest
from matching.enums import InterestStatus
from matching.forms import InterestForm
from matching.models import Interest
from registry.models import Offer
from registry.offer_forms import OfferForm
from registry.profiles import save_offer
from registry.transitions import offer_machine
from tests.exchanges.pages import agenda_item_data
from tests.factories import make_budget_line, make_dossier, make_interest, make_offer, make_session
from tests.worlds import agreed

pytestmark = pytest.mark.django_db
TOPIC = "water-sanitation/faecal-sludge"


def test_an_answer_that_was_sent_at_the_same_moment_is_not_sent_again():
    """A12: the second form wrote its draft over it, and so it was sent twice."""
    interest = make_interest(make_dossier(status="published"), status=InterestStatus.DRAFT)
    form = InterestForm({"motivation": "I did the same."}, instance=interest)
    assert form.is_valid()

    submit_interest(Interest.objects.get(), actor=interest.expert.user)
    with pytest.raises(PermissionDenied):
        save_interest(form, actor=interest.expert.user)

    assert Interest.objects.get().status == InterestStatus.SUBMITTED
    assert Interest.objects.get().events.filter(verb="submit").count() == 1


def test_an_older_form_undoes_no_cancellation_approval_or_pause():
    """The same kind: forms that were saved whole, with what their page had shown."""
    table, exchange = agreed()
    session, line = make_session(exchange), make_budget_line(exchange)
    item = SessionForm(agenda_item_data(meant="on"), instance=session, exchange=exchange)
    offer = make_offer(table.ineke)
    shown = OfferForm(instance=offer).initial | {"topic_1": TOPIC, "mastery_1": "3"}
    offered = OfferForm({name: it for name, it in shown.items() if it is not None}, instance=offer)
    assert (item.is_valid(), offered.is_valid()) == (True, True), (item.errors, offered.errors)

    agenda.cancel_session(Session.objects.get(), actor=table.efua)
    agenda.save_session(item, exchange, actor=table.efua)
    BudgetLine.objects.update(approved=10, approved_by=table.ines)
    budget.save_line(line, exchange, actor=table.efua)
    offer_machine.advance(Offer.objects.get(), "pause", actor=offer.expert.user)
    save_offer(offered, expert=offer.expert)

    after = Session.objects.get()
    assert (after.cancelled_at is None, after.sequence) == (False, 2)
    assert (BudgetLine.objects.get().approved, Offer.objects.get().status) == (10, "paused")
