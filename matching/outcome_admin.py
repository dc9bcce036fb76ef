"""What came of rankings, month by month: a list that can be exported, and a page for each."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django_countries import countries
from import_export import fields

from connect.admin import ReadOnly
from connect.exports import RowExportMixin
from connect.readable_tables import ReadableTable
from engine.outcomes import LEAST
from matching.criteria import CRITERIA
from matching.enums import Side
from matching.models import OutcomeReport
from registry.enums import Gender

SIZES = {
    "small": _("up to 50,000 inhabitants"),
    "middle": _("50,000 to 250,000 inhabitants"),
    "large": _("250,000 inhabitants and more"),
}
KINDS = {
    "country": _("By country of the expert"),
    "gender": _("By gender, of those who declared it"),
    "size": _("By size of the expert's authority"),
}
REFUSALS = {
    "aside": _("Offers dismissed"),
    "declined": _("Answers declined by the programme team"),
    Side.APPLICANT: _("Proposals refused by the applicant"),
    Side.EXPERT: _("Proposals refused by the expert"),
    Side.EMPLOYER: _("Proposals refused by the expert's employer"),
}


class OutcomeTable(ReadableTable):
    needs = fields.Field(column_name=_("Requests with somebody chosen"))
    first = fields.Field(column_name=_("The chosen expert ranked first"))
    reciprocal = fields.Field(column_name=_("How high the chosen expert ranked, from 0 to 1"))
    satisfaction = fields.Field(column_name=_("Satisfaction, 1 to 5"))

    class Meta:
        model = OutcomeReport
        fields = ("month", "needs", "first", "reciprocal", "satisfaction")
        export_order = fields

    def dehydrate_needs(self, report):
        return report.figures["needs"]

    def dehydrate_first(self, report):
        return report.figures["first"]["value"]

    def dehydrate_reciprocal(self, report):
        return report.figures["reciprocal"]["value"]

    def dehydrate_satisfaction(self, report):
        return report.figures["satisfaction"]["value"]


@admin.register(OutcomeReport)
class OutcomeAdmin(RowExportMixin, ReadOnly):
    resource_classes = [OutcomeTable]
    import_export_change_list_template = "admin/matching/outcome_reports.html"
    empty_words = _("No report yet: the first is made on the first day of next month.")
    list_display = ["month", "made_at"]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Show a month's figures, each with what it means and how many cases stand behind it."""
        report = self.get_object(request, object_id)
        if report is None:
            raise Http404
        if not self.has_view_permission(request, report):
            raise PermissionDenied
        figures, weights = report.figures, report.figures["weights"]
        names = {"country": dict(countries), "gender": dict(Gender.choices), "size": SIZES}
        context = self.admin_site.each_context(request) | {
            "title": _("Outcomes of rankings"),
            "opts": self.opts,
            "report": report,
            "figures": figures,
            "least": LEAST,
            "groups": [
                (
                    heading,
                    [(names[kind].get(one["group"], ""), one) for one in figures["equity"][kind]],
                )
                for kind, heading in KINDS.items()
            ],
            "refusals": [
                (words, figures["refusals"].get(kind, 0)) for kind, words in REFUSALS.items()
            ],
            "weights": [
                (CRITERIA[key].name, *values)
                for key, values in (weights["weights"] or {}).items()
                if key in CRITERIA
            ],
        }
        return TemplateResponse(request, "admin/matching/outcomes.html", context)
