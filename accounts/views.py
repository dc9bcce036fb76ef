"""A person's own data, and where they are signed in."""

import time
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import sessions
from accounts.forms import PersonForm
from accounts.models import User
from connect.posted_values import posted_number


@require_http_methods(["GET", "POST"])
def person(request):
    # Not the one of the request: the header names them as saved, whatever is refused here.
    form = PersonForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("account")
    has_providers = settings.OIDC_PROVIDERS or request.user.socialaccount_set.exists()
    about = {"form": form, "has_providers": has_providers}
    return render(request, "accounts/account.html", about)


@require_http_methods(["GET", "POST"])
def own_sessions(request):
    """Show where this person is signed in, and sign out there or everywhere."""
    if request.method == "POST" and "everywhere" in request.POST:
        sessions.end_sessions_of(request.user)
        logout(request)
        messages.success(request, _("You have been signed out everywhere."))
        return redirect("account_login")
    if request.method == "POST":
        pk = posted_number(request, "session")
        get_object_or_404(UserSession, user=request.user, pk=pk).end()
        messages.success(request, _("That session has been ended."))
        return redirect("sessions")
    listed = UserSession.objects.purge_and_list(request.user)
    for one in listed:
        one.device = sessions.device_name(one.user_agent)
    listed.sort(key=lambda one: one.last_seen_at, reverse=True)
    life = sessions.session_life(request.user)
    minutes, hours = life.idle // timedelta(minutes=1), life.whole // timedelta(hours=1)
    context = {"sessions": listed, "minutes": minutes, "idle_hours": minutes // 60, "hours": hours}
    return render(request, "accounts/sessions.html", context)


@require_http_methods(["GET", "POST"])
def session_status(request):
    """Return for how many seconds this session still lasts; a POST is an act and prolongs it."""
    now = time.time()
    if request.method == "POST":
        sessions.record_act(request, now)
    request.is_act = False  # it is noted, or it was a page that asked by itself
    seconds = sessions.seconds_left(request.session, request.user, now)
    return JsonResponse({"left": round(seconds)})
