"""What is declared once about a status or a transition, and what `manage.py check` refuses."""

import pytest
from django.db import models
from django.template import Context, Template
from django.test.utils import isolate_apps

from applications.models import Dossier
from connect.checks import check_statuses
from exchanges.models import Exchange, Measure
from matching.models import Consent, Match
from registry.models import Membership, Offer


@pytest.mark.parametrize(
    ("row", "look", "words"),
    [
        (Offer(status="published"), "done", "Published"),
        (Offer(status="paused"), "wait", "Paused"),
        (Offer(status="removed"), "stop", "Removed"),
        (Exchange(status="agreed"), "todo", "Agreed, to be planned"),
        (Exchange(status="running"), "doing", "Under way"),
        (Dossier(status="published"), "wait", "Published, looking for a colleague"),
        (Match(status="proposed"), "wait", "Waiting for everybody&#x27;s agreement"),
        (Match(status="agreed"), "done", "Agreed"),
        (Membership(status="asked"), "wait", "Waiting for an answer"),
        (Measure(status="dropped"), "stop", "Dropped"),
    ],
)
def test_a_status_has_the_icon_and_the_colour_of_its_own_kind(row, look, words):
    page = Template("{% status row.get_status_kind row.get_status_display %}")

    shown = page.render(Context({"row": row}))

    assert (f'class="status status-{look}"' in shown, f"#{look}" in shown, words in shown) == (
        (True,) * 3
    )


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
