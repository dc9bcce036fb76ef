"""The pages of an association: its members' dossiers, and its opinions of them."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from applications import opinions
from applications.forms.applicant_forms import OpinionForm
from applications.models import Dossier
from applications.views.common import get_dossier_or_404
from connect.pages import paginate
from connect.typed_texts import settle_typed
from connect.undo_period import show_status_for_others
from registry.enums import Role
from registry.models import Authority


@require_safe
def member_dossiers(request):
    """Show the submitted dossiers of the members of one's association."""
    speaking = request.user.memberships.active().with_role(Role.ASSOCIATION_OFFICER)
    places = list(speaking.select_related("association"))
    if not places:
        return render(request, "applications/association_of_none.html", status=403)
    dossiers = Dossier.objects.for_user(request.user).filter(
        authority__associations__in=[place.association_id for place in places]
    )
    page = paginate(request, dossiers.with_list_details().distinct())
    now = timezone.now()
    show_status_for_others(page, now)
    waiting = {
        dossier.pk: until
        for place in places
        for dossier, until in opinions.awaiting_opinion(place.association, now)
    }
    members = Authority.objects.verified().filter(
        associations__in=[place.association_id for place in places]
    )
    context = {
        "page": page,
        "awaiting": waiting,
        "places": places,
        "members": paginate(request, members.distinct().order_by("name", "pk"), "members"),
    }
    return render(request, "applications/association.html", context)


@require_POST
def give_opinion(request, reference, pk):
    dossier = get_dossier_or_404(request, reference)
    association = get_object_or_404(opinions.associations_of(dossier, request.user), pk=pk)
    form = OpinionForm(request.POST)
    request.typed_beside = False
    if form.is_valid():
        opinions.save_opinion(dossier, association, actor=request.user, **form.cleaned_data)
        messages.success(
            request,
            _("Your opinion has been saved. The programme team and the committee will read it."),
        )
    else:
        refusals = [str(words) for errors in form.errors.values() for words in errors]
        messages.error(request, refusals[0])
        request.typed_beside = True
    settle_typed(request, dossier.get_absolute_url())
    return redirect(dossier)
