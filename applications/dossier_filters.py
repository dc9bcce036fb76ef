"""What the officers' list of applications is filtered by."""

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications import worklist


class WorkQueueFilter(admin.SimpleListFilter):
    """The work queue: who has to do something now, with how many."""

    title = _("waits for")
    parameter_name = "waits"

    def __init__(self, request, params, model, model_admin):
        self.user, self.now = request.user, timezone.now()
        self.counts = worklist.count_waiting(model_admin.get_queryset(request), self.user, self.now)
        super().__init__(request, params, model, model_admin)

    def lookups(self, request, model_admin):
        asked = worklist.waiting_conditions(self.user, self.now).items()
        return [(code, f"{one.words} ({self.counts[code]})") for code, one in asked]

    def queryset(self, request, queryset):
        asked = worklist.waiting_conditions(self.user, self.now)
        return queryset.filter(asked[self.value()].condition) if self.value() in asked else queryset
