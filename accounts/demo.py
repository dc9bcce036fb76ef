"""The demonstration's one-button sign-in and its letter box. Only where DEMO is on."""

import email
import email.policy
from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.sample_letters import sample_letters
from connect.local import places
from connect.pages import paginate

PERSONS = [
    (
        "efua.mensah@demo.invalid",
        _("Applicant"),
        _("works for Agona West in Ghana and writes its applications"),
    ),
    ("ines.duarte@demo.invalid", _("Programme officer"), _("runs the programme desk")),
    ("tomas.novak@demo.invalid", _("Programme officer"), _("follows the other half of the files")),
    (
        "vera.keller@demo.invalid",
        _("Administrator"),
        _("can change what programme officers cannot"),
    ),
    ("anna.lindqvist@demo.invalid", _("Committee member"), _("declares conflicts and scores")),
    ("jan.horvat@demo.invalid", _("Committee member"), _("declares conflicts and scores")),
    ("marie.leclerc@demo.invalid", _("Committee member"), _("declares conflicts and scores")),
    (
        "ineke.devries@demo.invalid",
        _("Expert"),
        _("sewerage and sludge in Almere, the Netherlands"),
    ),
    (
        "abena.owusu@demo.invalid",
        _("Association officer"),
        _("follows the applications of Ghana's authorities"),
    ),
]


def only_in_demo(view):
    """Answer 404 wherever the demonstration does not run."""

    def wrapper(request, *args, **kwargs):
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return login_not_required(wrapper)


@only_in_demo
@require_safe
def demo(request):
    return render(request, "accounts/demo.html", {"persons": PERSONS})


@only_in_demo
@require_POST
def demo_sign_in(request):
    address = request.POST.get("person", "")
    if address not in [person[0] for person in PERSONS]:
        raise Http404
    user = get_object_or_404(User, email=address, is_active=True)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    request.session["demonstration"] = True
    return redirect("my")


@only_in_demo
@require_safe
def mailbox(request):
    """The letters that the loopback server received, newest first."""
    files = sorted((places.VAR / "mail").glob("*.eml"), reverse=True)
    page = paginate(request, files)
    letters = [read_message(path) for path in page.object_list]
    return render(request, "accounts/mail.html", {"page": page, "letters": letters})


@only_in_demo
@require_safe
def sample_letters_page(request):
    """Every letter of the product with invented facts, in the language of the page."""
    is_full = "least" not in request.GET
    letters = sample_letters(get_language(), is_full=is_full)
    return render(request, "accounts/sample_letters.html", {"letters": letters, "is_full": is_full})


def read_message(path):
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    body = message.get_body(("plain",))
    return {
        "to": message["To"],
        "subject": message["Subject"],
        "text": body.get_content() if body else "",
        "at": datetime.fromtimestamp(int(path.name.split("-")[0]) / 1e9, UTC),
    }
