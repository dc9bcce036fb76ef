"""What is declared once about a status or a transition, and what `manage.py check` refuses."""

import os
from contextlib import suppress

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.template import Context, Template
from django.test import RequestFactory
from django.test.utils import isolate_apps
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import override

from accounts.models import User
from applications.models import Dossier
from connect.checks import check_sentences, check_statuses
from connect.statuses import for_each_status
from connect.transitions import (
    MACHINES,
    EventType,
    Notice,
    StateMachine,
    Transition,
    by_clock,
    record_event,
)
from engine.rules import RULES
from exchanges.models import Exchange, Measure
from matching import reasons
from matching.enums import MatchStatus
from matching.models import Consent, Match
from notifications import texts
from notifications.checks import (
    check_languages_of_letters,
    check_letters,
    check_posted_letters,
    compiled_languages,
    posted_names,
    unknown_names,
    unposted_letters,
)
from notifications.models import Pause
from notifications.pauses import KIND_OF_LETTER, OPTIONAL
from practices.models import Practice
from registry.models import Membership, Offer, OfferEvent
from registry.transitions import offer_machine
from tests.factories import make_dossier


@pytest.mark.parametrize(
    ("row", "look", "words"),
    [
        (Offer(status="published"), "done", "Published"),
        (Offer(status="paused"), "wait", "Paused"),
        (Offer(status="removed"), "stop", "Deleted"),
        (Exchange(status="agreed"), "todo", "Agreed, to be planned"),
        (Exchange(status="running"), "doing", "Under way"),
        (Dossier(status="published"), "wait", "Open to answers"),
        (Match(status="proposed"), "wait", "Waiting for everyone&#x27;s agreement"),
        (Match(status="agreed"), "done", "Agreed"),
        (Membership(status="asked"), "wait", "Waiting for an answer"),
        (Measure(status="dropped"), "stop", "Dropped"),
        (Practice(status="review"), "wait", "Under review by both sides"),
    ],
)
def test_a_status_has_the_icon_and_the_colour_of_its_own_kind(row, look, words):
    page = Template("{% status row.get_status_kind row.get_status_display %}")

    shown = page.render(Context({"row": row}))

    assert (f'class="status status-{look}"' in shown, f"#{look}" in shown, words in shown) == (
        (True,) * 3
    )


def test_a_table_by_step_or_by_status_is_refused_as_it_is_imported():
    """A misspelt verb was an ordinary step without its form; a new status was in no table."""
    whole = dict.fromkeys(MatchStatus.values)

    assert for_each_status(MatchStatus, whole) is whole
    assert offer_machine.for_steps({"pause": "Paused"}) == {"pause": "Paused"}
    with pytest.raises(ValueError, match="MatchStatus: agreed, lost$"):
        for_each_status(MatchStatus, {**dict.fromkeys(set(whole) - {"agreed"}), "lost": None})
    with pytest.raises(ValueError, match="Offer: puase$"):
        offer_machine.for_steps({"puase": "Paused"})


def test_every_column_that_the_desk_shows_has_a_name_in_words():
    """Django's own, made of the column's name, is the same in every language."""
    request = RequestFactory().get("/")
    request.user = User(is_active=True, is_staff=True, is_superuser=True)

    nameless = []
    for model, desk in admin.site._registry.items():
        has_own_page = "change_view" in vars(type(desk)) and not (desk.fields or desk.fieldsets)
        shown = [] if has_own_page else flatten_fieldsets(desk.get_fieldsets(request))
        form = getattr(desk.form, "base_fields", {})
        for name in {*shown, *desk.list_display} - form.keys():
            with suppress(FieldDoesNotExist):
                if not isinstance(model._meta.get_field(name).verbose_name, Promise):
                    nameless.append((model.__name__, name))

    assert nameless == []


def test_an_answer_is_a_status_too():
    page = Template("{% status row.get_answer_kind row.get_answer_display %}")

    assert "status-stop" in page.render(Context({"row": Consent(answer="no")}))


@isolate_apps("connect")
def test_a_status_without_a_kind_is_refused(monkeypatch):
    class Parcel(models.Model):
        status = models.CharField(max_length=9, choices=[("sent", "sent")])

        class Meta:
            app_label = "connect"

    assert check_statuses(None) == []

    monkeypatch.setattr("connect.checks.apps.get_models", lambda: [Parcel])

    assert [error.obj for error in check_statuses(None)] == [Parcel._meta.get_field("status")]


def test_a_paused_or_removed_offer_has_its_sentence_on_the_timeline():
    told = [str(OfferEvent(verb=verb).past) for verb in offer_machine.transitions]

    assert told == ["Published", "Paused", "Expired", "Deleted"]


@pytest.mark.parametrize("language", ["fr", "es", "pt", "ar"])
def test_a_timeline_says_what_happened_and_not_the_button(language):
    """English alone has one word for both, as “Put on the reserve list”."""
    with override(language):
        same = {
            (machine.model.__name__, verb)
            for machine in MACHINES
            for verb, step in machine.transitions.items()
            if str(step.past) == str(step.label)
        }

    assert same == set()


def test_a_verb_is_known_to_the_timelines_that_declare_it_alone():
    told = {machine.model.__name__: machine.type_of("accept") for machine in MACHINES}

    assert [name for name, declared in told.items() if declared] == ["Match"]


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["submitt", "accept", ""])
def test_what_no_timeline_could_tell_is_not_recorded(verb):
    """18.9: a verb that is misspelt, or another model's, was a line without a sentence."""
    dossier = make_dossier()

    with pytest.raises(ValueError, match=f"'{verb}' is not declared for the timeline of a Dossier"):
        record_event(dossier, verb, actor=None, now=timezone.now())

    assert not dossier.events.exists()


def test_a_transition_without_its_sentence_or_its_letter_is_refused(monkeypatch):
    assert check_sentences(None) + check_letters(None) == []

    monkeypatch.setattr("connect.checks.MACHINES", machines := [])
    monkeypatch.setattr("connect.transitions.MACHINES", machines)
    monkeypatch.setattr("notifications.checks.MACHINES", machines)
    letters = [Notice("practice_published", list), Notice("offer_lost", list)]
    lose = Transition({"published"}, "removed", by_clock, notifies=letters)
    StateMachine(Offer, {"lose": lose}, events={"find": EventType("")})

    assert [error.msg for error in check_sentences(None) + check_letters(None)] == [
        "'lose' has no sentence for the timeline.",
        "'find' has no sentence for the timeline.",
        "The letter 'offer_lost' is posted, and has no template.",
    ]


def test_a_letter_without_its_template_and_a_template_that_nobody_posts_are_refused():
    """18.1: the check read the letters of transitions alone, a third of all."""
    planted = """
def notify_each(people, template):
    post_letter(template, to=people)
def remind(row, stage):
    template = "term_near" if stage else "term_lost"
    notify_each(row.people, "terms_signed")
    notify_each(row.people, template="terms_lost")
    outbox.post_letter(f"consent_{row.side}", to=row.people)
    post_letter(f"lost_{row.side}", to=row.people)
BY_REASON = {"late": "report_due"}
"""
    letters = ["consent_expert", "report_due", "term_near", "terms_left", "terms_signed"]
    named = posted_names([planted])

    assert unknown_names(named, letters) == {"term_lost", "terms_lost", "lost_{}"}
    assert unposted_letters(letters, named, [planted]) == ["terms_left"]
    assert check_letters(None) + check_posted_letters(None) == []


def test_a_letter_that_is_not_in_every_language_is_refused(monkeypatch):
    assert check_languages_of_letters(None) == []

    in_english = texts.our_words("consent_expert", "en")
    in_french = texts.our_words("consent_expert", "fr")
    half = in_english._replace(subject=in_french.subject)
    words = {"en": in_english, "fr": in_french, "pt": half, "ar": in_english}
    monkeypatch.setattr("notifications.checks.letter_names", lambda: ["consent_expert"])
    monkeypatch.setattr("notifications.checks.compiled_languages", lambda: ["fr", "pt", "ar"])
    monkeypatch.setattr("notifications.checks.our_words", lambda name, language: words[language])

    assert [error.msg for error in check_languages_of_letters(None)] == [
        "The letter 'consent_expert' is not translated: pt.",
        "The letter 'consent_expert' is not translated: ar.",
    ]


def test_a_catalogue_that_is_not_compiled_as_it_is_holds_up_no_command(tmp_path, settings):
    """An update brought new letters, and `migrate` refused to run before they were compiled."""
    settings.LOCALE_PATHS = [tmp_path]
    folder = tmp_path / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source, compiled = folder / "django.po", folder / "django.mo"
    source.touch()
    languages = [compiled_languages()]
    for second in (9, 11):
        compiled.touch()
        os.utime(source, (10, 10))
        os.utime(compiled, (second, second))
        languages.append(compiled_languages())

    assert languages == [[], [], ["fr"]]


@pytest.mark.django_db
def test_rows_that_are_asked_for_in_no_order_come_in_any_here():
    """18.9: one that is read by its place is found by the tests, not by a reader (conftest.py)."""
    for number in range(5):
        Pause.objects.create(address="jan@almere.example", kind=f"k{number}", at=timezone.now())

    assert len({Pause.objects.all()[0].kind for _ in range(30)}) > 1
    assert {Pause.objects.order_by("kind")[0].kind for _ in range(9)} == {"k0"}


# Buttons that lead to a status of another word, and why nobody is surprised.
OTHER_WORDS = {
    "submit": "an answer is sent, as an application is submitted",
    "hand_over": "a draft becomes the authority's",
    "take_back": "what is edited again is a draft",
    "open": "an opened file is in its check",
    "answer_correction": "what is resubmitted is in its check again",
    "move_correction": "it stays as it is",
    "withdraw_correction": "the check goes on",
    "reopen": "what is reopened is in its check again",
    "publish": "what is published is open to answers",
    "correct": "an answer that is edited is a draft",
    "start": "an exchange that was started is under way",
    "resume": "an exchange that was resumed is under way",
    "send_back": "what is returned to its authors is their draft",
    "remove_draft": "of a draft that is deleted nobody sees a status",
    "begin": "an answer that is begun is a draft",
}


def test_a_button_and_the_status_that_it_leads_to_are_one_word():
    """“Admissible” led to “checked”, and “Unpublish” to “archived”."""

    def stems(words):
        return {word[:6].rstrip("eyi") for word in str(words).lower().replace("-", " ").split()}

    surprising = []
    for machine in MACHINES:
        statuses = dict(machine.model._meta.get_field("status").choices)
        for verb, step in machine.transitions.items():
            if machine.model._meta.app_label != "tests" and step.label and verb not in OTHER_WORDS:
                label = stems(step.label) - {"the", "to", "for", "a", "as", "it"}
                if not any(
                    one.startswith(other) or other.startswith(one)
                    for one in label
                    for other in stems(statuses[step.target])
                ):
                    surprising.append((verb, str(step.label), str(statuses[step.target])))

    assert surprising == []


def test_every_e_mail_that_can_be_paused_is_there_and_its_kind_has_words():
    assert set(KIND_OF_LETTER) <= set(texts.letter_names())
    assert set(KIND_OF_LETTER.values()) < set(OPTIONAL)


def test_every_rule_of_the_engine_is_said_in_words():
    assert set(reasons.RULES) == set(RULES)
