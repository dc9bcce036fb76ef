"""The question before a merger: who gets what by it, for nothing takes it back."""

from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from connect.fields import get_column
from connect.languages import join_names
from connect.readable_tables import choice_labels
from registry.enums import Role
from registry.models import Authority

SURE = "sure"
FACTS = (  # which may hold for both, or for the old one alone: nobody but staff can say
    *("population", "geography", "latitude", "longitude", "geonames_id", "wikidata_id"),
    "website",
)


def ask_before_merger(model_admin, request, form):
    """Return the page that asks whether two authorities are to be merged, with who gets what.

    None where the form of an authority names no successor, or after the button of that page. All
    that was typed goes with it.
    """
    if SURE in request.POST or not form.is_valid() or "merged_into" not in form.changed_data:
        return None
    old, into = form.instance, form.cleaned_data["merged_into"]
    if into is None:
        return None
    members = old.memberships.active().select_related("user").order_by("user__name", "pk")
    context = model_admin.admin_site.each_context(request) | {
        "title": _("Merge %(old)s into %(new)s?") % {"old": old.place, "new": into.place},
        "opts": model_admin.opts,
        "old": old.place,
        "crosses_border": old.country != into.country,
        "new": into.place,
        "members": [
            (place.user.name, choice_labels(Role.choices, place.roles)) for place in members
        ],
        "experts": old.experts.select_related("user").order_by("user__name", "pk"),
        "domains": old.email_domains,
        "asking": old.memberships.pending().count(),
        "associations": old.associations.all(),
        "left_behind": join_names(
            str(get_column(Authority, name).verbose_name)
            for name in FACTS
            if getattr(old, name) and not getattr(into, name)
        ),
        "typed": [
            (name, value)
            for name, values in request.POST.lists()
            for value in values
            if name != "csrfmiddlewaretoken"
        ],
        "sure": SURE,
    }
    return TemplateResponse(request, "admin/registry/merge.html", context)
