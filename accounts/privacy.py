"""The privacy notice: one page, whose version is the day from which it applies."""

from datetime import date

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.retention import LINES
from connect.anonymity import FEW
from connect.translators import find_translator

# A dossier keeps which version its authority declared to have read: change it with the text.
SINCE = date(2026, 11, 30)


@require_safe
@login_not_required
def privacy(request):
    context = {"since": SINCE, "lines": LINES, "few": FEW, "translator": find_translator()}
    return render(request, "accounts/privacy.html", context)
