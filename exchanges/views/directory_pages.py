"""The directory of those who took part."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from connect.pages import paginate
from exchanges import directory
from exchanges.models import Listing


@require_http_methods(["GET", "POST"])
def directory_page(request):
    """Search those who took part; a POST lists oneself or ends that."""
    if not directory.may_see_directory(request.user):
        return render(request, "exchanges/directory_closed.html", status=403)
    if request.method == "POST":
        if "show" in request.POST:
            directory.list_person(request.user)
            messages.success(request, _("Other participants can now find you."))
        else:
            directory.unlist_person(request.user)
            messages.success(request, _("You are no longer listed here."))
        return redirect("directory")
    words = request.GET.get("q", "")
    context = {
        "page": paginate(request, directory.list_people(words)),
        "words": words,
        "took_part": directory.has_taken_part(request.user),
        "listed": Listing.objects.filter(user=request.user).exists(),
    }
    return render(request, "exchanges/directory.html", context)
