"""What the list of the matching desk is filtered by."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from matching.desk_home import has_new_answers


class AnswersFilter(admin.SimpleListFilter):
    title, parameter_name = _("answers"), "answers"

    def lookups(self, request, model_admin):
        return [("new", _("to screen"))]

    def queryset(self, request, queryset):
        return queryset.filter(has_new_answers()) if self.value() else queryset
