"""A decision whose e-mail is held is known to the programme team alone, and can be undone."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from matching.enums import InterestStatus
from matching.models import Interest
from notifications import held_letters, hold_rules
from notifications.models import Hold, Letter
from tests.factories import make_dossier, make_expert, make_interest, make_officer, make_user
from tests.worlds import signed_in

pytestmark = pytest.mark.django_db
REVIEWED = "held until it is reviewed: until then, only the programme team knows of it"


class Decided:
    """Efua asks, Ineke answered; what Ines decides is held until she has read its e-mail."""

    def __init__(self, status=InterestStatus.SHORTLISTED, hold=Hold.REVIEW, hours=0):
        self.dossier = make_dossier(status="shortlisting")
        self.ines, self.ineke = make_officer("Ines"), make_expert("Ineke")
        self.efua = make_user("Efua", works_for=self.dossier.authority)
        self.interest = make_interest(self.dossier, self.ineke, status=status)
        for verb in ("shortlist", "keep_in_reserve", "decline"):
            now = timezone.now()
            hold_rules.save_rule(f"interest_{verb}", "", hold, hours, actor=self.ines, now=now)

    def press(self, verb):
        """Press a button of the matching desk and return the page that follows."""
        page, button = self.desk_address(), {"verb": f"{verb} {self.interest.pk}"}
        return signed_in(self.ines).post(page, button, follow=True).text

    def desk_address(self):
        return reverse("admin:matching_desk", args=[self.dossier.pk])

    def page(self, person):
        return signed_in(person).get(self.interest.get_absolute_url())

    def release(self):
        now = timezone.now()
        held_letters.release_letters(Letter.objects.all(), actor=self.ines, now=now)

    def status(self):
        return Interest.objects.get(pk=self.interest.pk).status


@pytest.fixture(autouse=True)
def minutes_are_over(settings):
    """Nothing can be undone any more but for the e-mail that is held."""
    settings.UNDO_FOR = timedelta(0)


def test_while_its_e_mail_is_held_nobody_outside_reads_that_an_answer_was_declined():
    it = Decided()
    it.press("decline")

    own = it.page(it.ineke.user).text
    assert "Shortlisted" in own and "Declined" not in own
    town = it.page(it.efua)
    assert town.status_code == 200 and "Declined" not in town.text

    it.release()
    assert "Declined" in it.page(it.ineke.user).text
    assert it.page(it.efua).status_code == 404


def test_while_its_e_mail_is_held_the_town_does_not_read_an_answer_that_was_shortlisted():
    it = Decided(InterestStatus.SCREENED)
    it.press("shortlist")

    assert it.page(it.efua).status_code == 404
    assert "Shortlisted" not in it.page(it.ineke.user).text

    it.release()
    assert it.page(it.efua).status_code == 200
    assert "Shortlisted" in it.page(it.ineke.user).text


def test_of_two_decisions_whose_e_mails_are_held_neither_is_known():
    it = Decided(InterestStatus.SCREENED)
    it.press("shortlist")
    it.press("decline")

    assert it.page(it.efua).status_code == 404
    own = it.page(it.ineke.user).text
    assert "Shortlisted" not in own and "Declined" not in own

    it.release()
    own = it.page(it.ineke.user).text
    assert "Declined" in own and "Shortlisted" not in own  # of that nobody was told
    assert it.page(it.efua).status_code == 404


def test_the_desk_says_that_it_is_held_and_undoes_it_for_as_long():
    it = Decided()
    page = it.press("decline")

    assert REVIEWED in page and "Undo the last decision" in page
    page = it.press("undo")
    assert it.status() == InterestStatus.SHORTLISTED and REVIEWED not in page
    assert not Letter.objects.unsent().exists()
    assert "Declined" not in it.page(it.ineke.user).text

    it.press("decline")
    it.release()
    assert "Undo the last decision" not in signed_in(it.ines).get(it.desk_address()).text


def test_what_is_held_for_hours_says_when_it_leaves():
    it = Decided(hold=Hold.HOURS, hours=48)
    page = it.press("decline")

    leaves = timezone.localtime(Letter.objects.get().not_before)
    assert f"The e-mails are sent on {leaves.day} {leaves:%B %Y}" in page
    assert "Undo the last decision" in page and "Declined" not in it.page(it.ineke.user).text


def test_what_will_never_be_sent_is_told_by_the_page():
    it = Decided()
    it.press("decline")
    held_letters.drop_letters(
        Letter.objects.all(), "She was told by telephone.", actor=it.ines, now=timezone.now()
    )

    assert "Declined" in it.page(it.ineke.user).text


def test_the_desk_asks_no_more_the_more_answers_are_held(django_assert_max_num_queries):
    it = Decided()
    browser, counts = signed_in(it.ines), []
    it.press("decline")
    for _more in range(2):
        with django_assert_max_num_queries(500) as asked:
            browser.get(it.desk_address())
        counts.append(len(asked))
        for number in range(3):
            it.interest = make_interest(it.dossier, make_expert(f"Expert {number}"))
            it.press("decline")

    assert counts[0] == counts[1]
