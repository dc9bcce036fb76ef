"""An expert sees the open requests that fit their offers, and why; and hides what is not for them.

The demand comes from the towns: who has an offer need not read the whole board to find it.
"""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.enums import Status
from applications.models import Dossier
from matching import desk, fits
from matching.fits import save_fitting_requests
from matching.models import FittingRequests, HiddenRequest, Opportunity
from registry.models import Offer
from tests.factories import (
    make_authority,
    make_dossier,
    make_expert,
    make_interest,
    make_offer,
    make_officer,
    make_user,
    publish_dossier,
)
from tests.worlds import signed_in

pytestmark = pytest.mark.django_db
BOARD = "/en/opportunities/?sort=fit"


def rank(now=None):
    return save_fitting_requests(now or timezone.now())


def not_for_me(dossier):
    return reverse("not-for-me", args=[dossier.reference])


def publish_far(title="Meals for every pupil"):
    """A request of another subject, which no offer of sludge fits."""
    dossier = publish_dossier(title)
    Dossier.objects.filter(pk=dossier.pk).update(
        problem="Pupils come to school hungry, and the kitchens are closed.",
        objective="Warm meals in every primary school, cooked with local food.",
        specific_objectives=[],
        function="education",
    )
    need = dossier.needs.get(theme__code="water-sanitation/faecal-sludge")
    dossier.needs.exclude(pk=need.pk).delete()
    type(need).objects.filter(pk=need.pk).update(
        theme=need.theme._meta.model.objects.get(code="education-youth/school-meals"), text=""
    )
    return dossier


def listed(client, address=BOARD):
    """Return the titles of the requests in the page's list, and the text of the page."""
    page = client.get(address)
    return [one.dossier.title for one in page.context["page"]], page.text


def told(text):
    """Return the grounds that a page tells: [(name, words)], as they are read."""
    grounds = "".join(re.findall(r'<ul class="grounds">.*?</ul>', text, re.S))
    found = re.findall(r"<span><b>(.*?)</b>(.*?)</span>", grounds, re.S)
    return [(name, words.strip(" :\xa0")) for name, words in found]


def test_the_board_begins_with_the_requests_that_fit_an_experts_offers_and_says_why():
    offer = make_offer()
    publish_far()
    publish_dossier("Organise the emptying of latrines")
    assert rank() == 1

    titles, text = listed(signed_in(offer.expert.user))

    assert titles == ["Organise the emptying of latrines", "Meals for every pupil"]
    assert "1 open request fits your offers." in text
    grounds = dict(told(text))
    assert grounds["Topics"] == "your offer names “Faecal sludge management”"
    assert grounds["Languages"] == "you speak English as requested"
    assert "best fit for me" in text


def test_their_own_page_and_the_page_of_the_request_tell_the_same():
    offer = make_offer()
    near, far = publish_dossier(), publish_far()
    rank()
    client = signed_in(offer.expert.user)

    mine = client.get(reverse("my"))
    request = client.get(reverse("opportunity", args=[near.reference])).text
    other = client.get(reverse("opportunity", args=[far.reference])).text

    assert [one.dossier.title for one in mine.context["fitting"]] == [near.title]
    assert told(mine.text) == told(request) != []
    assert "Why this request fits you" in request and "Why this request fits you" not in other
    assert BOARD in mine.text


def test_an_invitation_that_was_declined_is_not_proposed_again():
    offer, near = make_offer(), publish_dossier("Organise the emptying of latrines")
    rank()
    client = signed_in(offer.expert.user)
    interest = make_interest(near, offer.expert, status="invited")
    interest.events.create(verb="invite", target="invited", at=timezone.now())
    withdraw = reverse("interest-withdraw", args=[near.reference, interest.pk])
    page = client.get(interest.get_absolute_url()).text

    mine = client.post(withdraw, follow=True)

    assert "You are no longer asked about this request" in page
    assert "You have declined the invitation." in mine.text
    assert list(mine.context.get("fitting") or []) == []
    assert listed(client)[0] == [near.title]  # the board has it still


def test_what_there_is_nothing_to_show_of_is_said_as_it_is():
    """No offer; nothing compared yet; nothing open; nothing that fits: each says what to do."""
    expert = make_expert()
    client = signed_in(expert.user)

    def said():
        return [
            words
            for words in (
                "publish an offer that says what you can help with",
                "are being compared with your offers",
                "There are no open requests at the moment",
                "None of the open requests fits your offers",
            )
            if words in client.get(reverse("my")).text and words in client.get(BOARD).text
        ]

    assert said() == ["publish an offer that says what you can help with"]
    make_offer(expert)
    assert said() == ["There are no open requests at the moment"]
    publish_far()
    assert said() == ["are being compared with your offers"]
    rank()
    assert said() == ["None of the open requests fits your offers"]


def test_whoever_is_no_expert_is_offered_no_such_order():
    publish_dossier()
    for client in (Client(), signed_in(make_user()), signed_in(make_officer())):
        titles, text = listed(client)
        assert titles == ["Organise the emptying of latrines"]
        assert "best fit for me" not in text and "fits your offers" not in text
    assert "Requests that fit you" not in signed_in(make_user()).get(reverse("my")).text


def test_it_is_ranked_anew_where_an_offer_or_a_request_changes_and_not_otherwise():
    near, other = make_offer(), make_offer()
    dossier = publish_dossier()
    now = timezone.now()
    assert (rank(now), rank(now)) == (2, 0)

    Offer.objects.filter(pk=near.pk).update(title="Emptying of pits by licensed firms")
    assert (rank(now), rank(now)) == (1, 0)
    Dossier.objects.filter(pk=dossier.pk).update(problem="The trucks tip into the stream.")
    assert (rank(now), rank(now)) == (2, 0)
    publish_dossier("Licences for pit emptiers")
    assert (rank(now), rank(now)) == (2, 0)
    Offer.objects.filter(pk=other.pk).update(status="paused")
    assert rank(now) == 0
    assert list(FittingRequests.objects.values_list("expert", flat=True)) == [near.expert_id]


def test_a_worker_is_asked_as_soon_as_an_offer_or_a_request_is_published(
    monkeypatch, django_capture_on_commit_callbacks
):
    asked = []
    monkeypatch.setattr("matching.reactions.nudge_worker", lambda rule: asked.append(rule.__name__))
    make_offer(status="draft")
    assert "save_fitting_requests" not in asked
    make_offer()
    assert asked.count("save_fitting_requests") == 1
    make_dossier(status=Status.PUBLISHED)
    assert asked.count("save_fitting_requests") == 2


def test_the_best_of_several_offers_counts_and_what_was_answered_is_left_out():
    expert = make_expert()
    make_offer(expert, topic="education-youth/school-meals", title="Meals", text="Meals at school.")
    near = make_offer(expert)
    dossier, answered = publish_dossier("Emptying of pits"), publish_dossier("Emptying of latrines")
    desk.answer_opportunity(answered, actor=expert.user)
    rank()

    titles = [one.dossier.title for one in signed_in(expert.user).get("/en/my/").context["fitting"]]
    saved = FittingRequests.objects.get(expert=expert)

    assert titles == [dossier.title]
    assert {entry["offer_id"] for entry in saved.entries} == {near.pk}


def test_a_rule_keeps_out_what_they_could_not_take_and_nothing_private_is_saved():
    """A town excluded the country of one expert: the request is on the board, not among theirs."""
    out = make_offer(make_expert(authority=make_authority(country="FR")))
    dossier = publish_dossier()
    fits_well = make_offer()
    Dossier.objects.filter(pk=dossier.pk).update(
        excluded_countries=["FR"], preferred_countries=["DK"]
    )
    rank()

    titles, text = listed(signed_in(out.expert.user))

    assert titles == [dossier.title] and told(text) == []
    assert "None of the open requests fits your offers" in text
    saved = FittingRequests.objects.get(expert=fits_well.expert_id)
    assert not {"broken", "facts", "near_misses"} & set(saved.entries[0])
    assert dossier.problem[:40] not in str(saved.entries)
    _titles, text = listed(signed_in(fits_well.expert.user))
    assert "Similar authority" not in [name for name, _words in told(text)]  # a wish decides it


def test_a_request_that_is_not_for_an_expert_is_hidden_from_them_alone_until_they_show_it_again():
    offer, other = make_offer(), make_offer()
    dossier = publish_dossier()
    rank()
    client, theirs = signed_in(offer.expert.user), signed_in(other.expert.user)

    answer = client.post(not_for_me(dossier), {"reason": "dates"}, follow=True)

    assert answer.redirect_chain[-1][0] == BOARD
    assert "The request is hidden" in answer.text and "Not for me: 1 request" in answer.text
    assert listed(client)[0] == [] and listed(theirs)[0] == [dossier.title]
    assert listed(client, "/en/opportunities/")[0] == [dossier.title]  # the board is everybody's
    assert client.get(reverse("my")).context["fitting"] == []
    client.post(not_for_me(dossier), {"undo": "1"})
    assert listed(client)[0] == [dossier.title]
    assert not HiddenRequest.objects.exists()


def test_a_reason_is_asked_for_and_only_an_expert_hides_what_is_open():
    offer = make_offer()
    dossier = publish_dossier()
    client = signed_in(offer.expert.user)

    for reason in ("", "rain"):
        page = client.post(not_for_me(dossier), {"reason": reason}, follow=True).text
        assert "Choose why this request is not for you" in page
    page = signed_in(make_user()).post(not_for_me(dossier), {"reason": "far"}, follow=True).text
    assert "Only experts have requests that fit them." in page
    Opportunity.objects.update(closes_on=timezone.localdate() - timedelta(days=1))
    page = client.post(not_for_me(dossier), {"reason": "far"}, follow=True).text
    assert "This request is no longer open." in page
    assert client.post("/en/opportunities/CN-1/not-for-me/", {"reason": "far"}).status_code == 404
    assert not HiddenRequest.objects.exists()
    with pytest.raises(ValidationError):
        fits.hide_request(dossier.opportunity, "far", actor=make_user())


def test_the_desk_counts_the_reasons_without_names():
    dossier, client = publish_dossier(), signed_in(make_officer())
    experts = [make_expert(name) for name in ("Ana Prado", "Bo Lind", "Chi Wen")]
    address = reverse("admin:matching_desk", args=[dossier.pk])
    assert "Experts for whom this request is not suitable" not in client.get(address).text

    for expert, reason in zip(experts, ("dates", "far", "dates")):
        make_offer(expert)
        signed_in(expert.user).post(not_for_me(dossier), {"reason": reason})

    text = client.get(address).text
    words = [" ".join(re.sub("<.*?>", "", one).split()) for one in re.findall("<li>.*?</li>", text)]
    assert words.index("The dates: 2") < words.index("Too far away: 1")
    assert "Ana Prado" not in text


def test_pages_ask_the_database_no_more_for_many_fitting_requests_than_for_two():
    offer = make_offer()
    client = signed_in(offer.expert.user)
    counted = []
    for number in (2, 6):
        for _ in range(number):
            hidden = publish_dossier()
        rank()
        client.post(not_for_me(hidden), {"reason": "far"})
        counts = []
        for address in (BOARD, reverse("my")):
            client.get(address)
            with CaptureQueriesContext(
                connection,
            ) as asked:
                client.get(address)
            counts.append(len(asked))
        counted.append(counts)

    assert counted[0] == counted[1]


def test_a_hidden_request_is_found_again_where_it_was_hidden_until_it_is_answered():
    """Their own page said that it is “below”, where nothing was, and that no request fits."""
    offer = make_offer()
    dossier = publish_dossier()
    rank()
    client, own = signed_in(offer.expert.user), reverse("my")
    page = reverse("opportunity", args=[dossier.reference])

    hidden = client.post(not_for_me(dossier), {"reason": "dates", "next": own}, follow=True)
    request = client.get(page).text
    client.post(reverse("answer", args=[dossier.reference]))
    answered = client.get(BOARD).text

    assert hidden.redirect_chain[-1][0] == own
    for text in (hidden.text, request):
        assert "Not for me: 1 request" in text and not_for_me(dossier) in text
    for text in (hidden.text, answered):
        assert "You have answered or hidden each open request that fits your offers." in text
        assert "None of the open requests fits" not in text
    assert "Not for me: 1 request" not in answered + client.get(own).text + client.get(page).text
