"""The audit in the staff's room: who read what, the seals, and all of it as a table to take out."""

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import admin
from django.contrib.admin import widgets
from django.core.exceptions import PermissionDenied
from django.http import StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from import_export import resources

from connect import archive, seals
from connect.exports import TakenOut
from connect.models import Reading, Seal
from connect.pasted import DayField
from connect.posted import as_number

TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}


class LooksUpNumbers:
    """A field of the admin that shows what was chosen: Django's asks the database for any text."""

    def optgroups(self, name, value, attr=None):
        numbers = [one for one in value if as_number(str(one))]
        return super().optgroups(name, numbers, attr)


class SearchOne(LooksUpNumbers, widgets.AutocompleteSelect):
    pass


class SearchMany(LooksUpNumbers, widgets.AutocompleteSelectMultiple):
    pass


class SearchesRows(admin.ModelAdmin):
    """Has `autocomplete_fields`, in which nonsense is refused and not a broken page."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        return super().formfield_for_foreignkey(
            db_field, request, **self.widget_for(SearchOne, db_field, request, kwargs)
        )

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        return super().formfield_for_manytomany(
            db_field, request, **self.widget_for(SearchMany, db_field, request, kwargs)
        )

    def widget_for(self, widget, db_field, request, kwargs):
        if db_field.name not in self.get_autocomplete_fields(request):
            return kwargs
        return {"widget": widget(db_field, self.admin_site, using=kwargs.get("using"))} | kwargs


class ReadOnly(admin.ModelAdmin):
    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class ReadingTable(resources.ModelResource):
    class Meta:
        model = Reading
        fields = ["at", "reader__email", "model", "row", "part", "page"]


@admin.register(Reading)
class ReadingAdmin(TakenOut, ReadOnly):
    """Who read what few may read, and whose files."""

    resource_classes = [ReadingTable]
    list_display = ["at", "reader", "model", "row", "part", "page"]
    list_filter = ["model", "page"]
    list_select_related = ["reader"]
    search_fields = ["reader__name", "reader__email"]
    date_hierarchy = "at"


class Period(forms.Form):
    """From which day to which one exports."""

    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("Until"), required=False)
    format = forms.ChoiceField(
        label=_("Format"), choices=[("csv", "CSV"), ("jsonl", _("JSON, one object per line"))]
    )


@admin.register(Seal)
class SealAdmin(ReadOnly):
    """The chain of seals; whoever may takes out what they seal."""

    list_display = ["number", "at", "count", "digest"]
    fields = ["number", "at", "count", "previous", "digest", "key", "signature"]

    def get_urls(self):
        export = self.admin_site.admin_view(self.export)
        return [path("export/", export, name="connect_seal_export"), *super().get_urls()]

    @method_decorator(reauthentication_required(allow_get=True))
    def export(self, request):
        """Give timelines and readings of a period; a POST, as it is much that one takes out."""
        if not request.user.has_perm("connect.export_audit"):
            raise PermissionDenied
        form = Period(request.POST or None)
        if form.is_valid():
            chosen = form.cleaned_data
            last = seals.newest()
            Reading.objects.create(
                at=timezone.now(),
                reader=request.user,
                model=Seal._meta.label_lower,
                row=last.number if last else 0,
                part=f"all, {chosen['since'] or ''} – {chosen['until'] or ''}",
                page=request.resolver_match.view_name,
            )
            rows = archive.exported(chosen["since"], chosen["until"])
            response = StreamingHttpResponse(
                archive.as_lines(rows, chosen["format"]), content_type=TYPES[chosen["format"]]
            )
            response["Content-Disposition"] = f"attachment; filename=audit.{chosen['format']}"
            return response
        context = self.admin_site.each_context(request) | {
            "title": _("Export of the audit trail"),
            "opts": self.opts,
            "form": form,
            "seal": seals.newest(),
        }
        return TemplateResponse(request, "admin/connect/export.html", context)
