"""Lists of the desk that staff import from a table and export, and forms that several have open."""

import logging
from contextlib import suppress

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from import_export.admin import ImportExportMixin

from connect.exports import RowExportMixin
from connect.list_filters import ListAdmin
from connect.sandbox import refusal_for
from connect.stale_forms import StaleFormMixin
from registry import table_files, table_rows
from registry.forms import SeenTableForm, TableForm

logger = logging.getLogger(__name__)
OR_CENTRAL = _("If its names are Polish, Czech, Hungarian or Romanian, choose their letters here.")
GONE = _("The table that you saw is no longer waiting: if it is not in the list, choose it again.")


class SharedForm(StaleFormMixin, forms.ModelForm):
    """A form of the admin that several officers may have open."""


class SharedAdmin(ListAdmin):
    form: type[forms.ModelForm] = SharedForm


class NoDelete(SharedAdmin):
    def has_delete_permission(self, request, obj=None):
        return False


class TableImportMixin(RowExportMixin, ImportExportMixin):
    """An admin list that staff import from a table with a preview, and export as it is filtered."""

    formats = [table_files.SafeXLSX, table_files.SafeCSV, table_files.CentralCSV]
    import_form_class = TableForm
    confirm_form_class = SeenTableForm

    import_template_name = "admin/import.html"

    def get_import_context_data(self, **kwargs):
        table = self.resource_classes[0]
        return super().get_import_context_data(**kwargs) | {
            "needs": ", ".join(table.needs),
            "needs_when_new": ", ".join(table.required_for_new_rows()),
            "column_words": table.describe_columns(),
        }

    def get_import_form_kwargs(self, request):
        """Read the previewed table once more, if its encoding is to be chosen otherwise."""
        kwargs = super().get_import_form_kwargs(request)
        seen = SeenTableForm(request.POST)
        if seen.is_valid():
            chosen = seen.cleaned_data
            with suppress(FileNotFoundError):  # it waits no more: it is asked for again
                table = self.get_tmp_storage_class()(name=chosen["import_file_name"]).read()
                again = SimpleUploadedFile(chosen["original_file_name"], table)
                kwargs["files"] = {"import_file": again}
        return kwargs

    def add_data_read_fail_error_to_form(self, form, e):
        """Show why a table is refused, without internals."""
        if not isinstance(e, ValidationError):
            logger.error("a table was not read", exc_info=e)
            e = refusal_for("unreadable")
        form.add_error("import_file", e)
        if e.code == "letters" and form.cleaned_data["format"] == "1":
            form.add_error("format", OR_CENTRAL)

    def process_import(self, request, **kwargs):
        try:
            return super().process_import(request, **kwargs)
        except ValidationError as refused:  # the second reading may be refused, too
            self.message_user(request, refused.message, messages.ERROR)
        except FileNotFoundError:
            self.message_user(request, GONE, messages.ERROR)
        return self.retry(request)

    def process_result(self, result, request):
        """Show that a table was imported, or that none of it was, though its preview fitted."""
        if faults := table_rows.list_faults(result):
            self.message_user(
                request, " ".join([str(_("Nothing was imported.")), *faults]), messages.ERROR
            )
            return self.retry(request)
        return super().process_result(result, request)

    def retry(self, request):
        return redirect(request.path.replace("process_import", "import"))
