"""What the list of the matching desk is filtered by."""

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.worklist import is_past_last_day
from matching.desk_home import has_new_answers


class AnswersFilter(admin.SimpleListFilter):
    title, parameter_name = _("answers"), "answers"

    def lookups(self, request, model_admin):
        return [("new", _("to screen")), ("over", _("last day for answers is over"))]

    def queryset(self, request, queryset):
        match self.value():
            case "new":
                return queryset.filter(has_new_answers())
            case "over":
                return queryset.filter(is_past_last_day(timezone.localdate()))
        return queryset
