"""The accessibility statement, in the manner of the European Union's model statement."""

from datetime import date

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

PREPARED_ON = date(2026, 11, 30)  # change it with the text, and after each test


@require_safe
@login_not_required
def accessibility(request):
    return render(request, "accounts/accessibility.html", {"prepared_on": PREPARED_ON})
