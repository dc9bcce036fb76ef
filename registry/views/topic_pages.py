"""The topics, found by what people call them: for who searches, and for who has to choose one."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from registry.models import Theme
from registry.search import LONGEST, find_topics


@require_safe
@login_not_required
def topics(request):
    """List all topics under their themes, or those that some words name."""
    words = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:LONGEST]
    matches, meant = find_topics(words) if words else ([], "")
    themes = [] if words else Theme.objects.filter(parent=None).prefetch_related("topics")
    context = {"words": words, "matches": matches, "meant": meant, "themes": themes}
    return render(request, "registry/topics.html", context)
