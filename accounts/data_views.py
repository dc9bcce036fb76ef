"""Pages of personal data: a copy of it, and closing the account; for others by a link."""

from allauth.account.decorators import reauthentication_required
from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import closing, copies, data_requests
from accounts.erasure import list_fates
from accounts.holdings import Person
from accounts.models import Closing, DataRequest, User
from accounts.unused import is_account_needed
from connect import links
from connect.files import download_response
from connect.pasted_values import MailboxField
from notifications.by_link import hide_address

OPENED = "data_of"  # in the session: whose data a link opened, and until when


class AddressForm(forms.Form):
    address = MailboxField(
        label=gettext_lazy("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


def reader_copies(copies_made):
    return {"copies": copies_made, "waits": any(copy.state == "waiting" for copy in copies_made)}


def cancelling_path(begun):
    """Return the page where a closing is cancelled; "" where the reason is unlawful content."""
    path = begun.link_path if begun.can_be_kept else None
    return f"/{get_language()}{path}" if path else reverse("data")


# With an account


@never_cache
@reauthentication_required(allow_get=True)
@require_http_methods(["GET", "POST"])
def my_data(request):
    """What is held of whoever is signed in; a POST asks for a copy."""
    person = Person.from_user(request.user)
    if request.method == "POST":
        copies.request_copy(person, asked_by=request.user)
        messages.success(request, _("Your copy is being made. It will be here in a minute or two."))
        return redirect("my-data")
    context = reader_copies(list(copies.copies_of(person))) | {"fates": list_fates(person)}
    return render(request, "accounts/data.html", context)


@never_cache
@reauthentication_required
@require_safe
def my_copy(request, pk):
    """Return a copy to whom it is about."""
    made = copies.copies_of(Person.from_user(request.user)).exclude(file="")
    copy = get_object_or_404(made, pk=pk)
    return download_response(copy.file, copy.name)


@never_cache
@reauthentication_required(allow_get=True)
@require_http_methods(["GET", "POST"])
def close_account(request):
    """Explain what is deleted, what stays and why; a POST closes the account after ten days."""
    person = Person.from_user(request.user)
    if request.method == "POST":
        try:
            begun = closing.begin_closing(person)
        except ValidationError as refusal:
            messages.error(request, refusal.message)
            return redirect("close-account")
        logout(request)
        return redirect(cancelling_path(begun))
    context = {
        "fates": list_fates(person),
        "has_something_open": is_account_needed(request.user),
        "days": closing.REGRET.days,
    }
    return render(request, "accounts/close.html", context)


# Without an account


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def ask_for_data(request):
    """Ask what is held of an address; the page answers the same for every address."""
    form, is_sent = AddressForm(request.POST or None), False
    if request.method == "POST":
        if not ratelimit.consume(request, action="data_request"):
            message = _("Too many requests came from your network: try again in an hour.")
            form.add_error(None, ValidationError(message, code="too_many"))
        elif form.is_valid():
            data_requests.request_data(form.cleaned_data["address"])
            is_sent = True
    return render(request, "accounts/data_ask.html", {"form": form, "is_sent": is_sent})


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def data_open(request, token):
    """Open the link of a letter, once: reading this page uses nothing up."""
    now = timezone.now()
    try:
        if request.method == "POST":
            asked = data_requests.open_request(token, now)
            until = (now + data_requests.SEEN_FOR).timestamp()
            request.session.cycle_key()
            request.session[OPENED] = [asked.address, until]
            return redirect("data-mine")
        data_requests.find_request(token, now)
    except DataRequest.DoesNotExist:
        link = links.find_link(token, DataRequest.PURPOSE)
        opened = opened_person(request) if link else None
        if link and opened and link.address in opened.addresses:  # pressed twice, or gone back to
            return redirect("data-mine")
        ended_page = render(request, "accounts/data_open.html", {"is_over": True}, status=410)
        return hide_address(ended_page)
    return hide_address(render(request, "accounts/data_open.html", {"is_over": False}))


def opened_person(request):
    """Return the person whose data a link opened in this session within the hour, or None."""
    address, until = request.session.get(OPENED, ["", 0])
    if timezone.now().timestamp() > until:
        return None
    person = Person.from_address(address)
    if person.user and person.user.is_active:  # has an account since, with its own second factor
        return None
    return person


def session_over_page(request):
    """Say that the hour is over, and where a new link is asked for."""
    return render(request, "accounts/data_open.html", {"is_hour_over": True}, status=410)


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def data_mine(request):
    """What is held of somebody without an account; a POST asks for a copy, or to be erased."""
    person = opened_person(request)
    if person is None:
        return session_over_page(request)
    if request.method == "POST":
        if "erase" in request.POST:
            begun = closing.begin_closing(person)
            del request.session[OPENED]
            return redirect(cancelling_path(begun))
        copies.request_copy(person)
        messages.success(request, _("Your copy is being made. It will be here in a minute or two."))
        return redirect("data-mine")
    context = reader_copies(list(copies.copies_of(person))) | {
        "fates": list_fates(person),
        "address": min(person.addresses),
        "closing": Closing.objects.filter(address__in=person.addresses).first(),
        "days": closing.REGRET.days,
    }
    return render(request, "accounts/data_mine.html", context)


@never_cache
@login_not_required
@require_safe
def data_mine_copy(request, pk):
    person = opened_person(request)
    if person is None:
        return session_over_page(request)
    copy = get_object_or_404(copies.copies_of(person).exclude(file=""), pk=pk)
    return download_response(copy.file, copy.name)


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def cancel_closing_page(request, token):
    """Cancel one's erasure: reading this page changes nothing, and pressing twice says the same."""
    try:
        begun = Closing.get_by_link(token)
    except Closing.DoesNotExist:
        return hide_address(kept_or_over_page(request, closing.find_kept(token)))
    if request.method == "POST":
        closing.cancel_closing(begun)
        return hide_address(redirect(request.path))
    return hide_address(render(request, "accounts/keep.html", {"closing": begun}))


def kept_or_over_page(request, kept):
    """Say that all was kept, by the link with which it was; without one, that it is too late."""
    context = {
        "closing": None,
        "is_kept": kept is not None,
        "may_sign_in": kept and User.objects.filter(email__iexact=kept.address).exists(),
    }
    return render(request, "accounts/keep.html", context, status=200 if kept else 410)
