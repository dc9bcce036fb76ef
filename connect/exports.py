"""Exports of lists as tables: exactly the rows that were filtered, written by a worker.

However long the list is, the page that asks for it answers at once, and the table is written a
thousand rows at a time. A table that nobody may still need is deleted a day later.
"""

from __future__ import annotations

import csv
import logging
import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import chain
from tempfile import TemporaryFile
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.apps import apps
from django.contrib import admin
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import transaction
from django.db.models import Manager, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from import_export.admin import ExportMixin
from import_export.resources import ModelResource
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from redis.exceptions import RedisError

from connect.advisory_locks import wait_for_turn
from connect.characters import clean_text
from connect.languages import current_language, is_right_to_left
from connect.models import Export, ExportState
from connect.queues import process_rows
from connect.readable_tables import ReadableTable
from connect.schedule import every, nudge_worker, process_one_by_one
from connect.types import SignedInRequest, User

logger = logging.getLogger(__name__)

BATCH = 1000  # rows held in memory at a time
WIDTH = 20  # letters of a column: an instant has 19
KEPT_FOR = timedelta(days=1)
NO_SHEET = re.compile(r"[\[\]:*?/\\]")  # no name of a sheet has these
# What a spreadsheet would take for a formula (OWASP); a plain number is none.
FORMULA, NUMBER = re.compile(r"^'*[=+\-@\t\r\n]"), re.compile(r"^[+-]?\d+([.,]\d+)?$")
NATIVE = (int, float, Decimal, date)  # what a spreadsheet reckons with


class RowExportMixin(ExportMixin):
    """An admin list with a button that exports it as it is filtered."""

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Whoever may read the list may export it."""
        return bool(self.has_view_permission(request))

    @method_decorator(reauthentication_required(allow_get=True))
    def export_action(self, request: SignedInRequest) -> HttpResponse:
        """Show how many rows the export has; a POST requests the table in a format."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        rows = self.get_export_queryset(request)
        if request.method == "POST":
            request_export(
                self.opts.label_lower, rows, request.POST.get("format", ""), actor=request.user
            )
            return redirect("admin:exports")
        context = self.admin_site.each_context(request) | {
            "title": capfirst(self.opts.verbose_name_plural),
            "opts": self.opts,
            "count": rows.count(),
            "formats": Export.Format.choices,
        }
        return TemplateResponse(request, "admin/export.html", context)


@transaction.atomic
def request_export(
    model: str, rows: QuerySet[Any], format: str, *, actor: User, now: datetime | None = None
) -> Export:
    """Request an export of these rows in this order; a worker writes it.

    The same table that still waits for its worker is the one.
    """
    wait_for_turn("export", actor.pk)
    asked = {
        "asked_by": actor,
        "model": model,
        "rows": list(rows.values_list("pk", flat=True)),
        "format": format if format in Export.Format.values else Export.Format.XLSX,
        "language": current_language(),
    }
    if waiting := Export.objects.filter(state=ExportState.WAITING, **asked).first():
        return waiting
    export = Export.objects.create(asked_at=now or timezone.now(), **asked)
    nudge_worker(write_exports)
    return export


@every(seconds=30, only_workers=True)
def write_exports() -> int:
    """Write the tables that wait; return how many were written."""
    return write_files(Export.objects, write_export)


def write_files(files: Manager[Any], write_file: Callable[[Any], None]) -> int:
    """Write the files that wait, oldest first, each by `write_file`; return how many were."""

    def process(export: Any) -> None:
        with translation.override(export.language):
            write_file(export)
        export.state = ExportState.DONE
        export.save(update_fields=["state", "file"])

    waiting = files.filter(state=ExportState.WAITING).order_by("asked_at", "pk")
    return process_rows(waiting, process)


def write_export(export: Export) -> None:
    """Write the table of an export into the storage.

    What is taken out to be read speaks its reader's language; what can be brought in again is the
    same table for every reader, with what its codes mean in columns beside them.
    """
    is_read = issubclass(table_of(export), ReadableTable)
    language = export.language if is_read else "en"
    with TemporaryFile() as file, translation.override(language):
        lines = export_rows(export)
        if export.format == Export.Format.CSV:
            file.write("\ufeff".encode())  # by which spreadsheets know UTF-8
            for line in lines:
                file.write(csv_line(map(safe_cell, line)))
        else:
            book = Workbook(write_only=True)
            listed = str(capfirst(apps.get_model(export.model)._meta.verbose_name_plural))
            sheet = book.create_sheet(NO_SHEET.sub(" ", listed)[:31])
            sheet.freeze_panes = "A2"  # the columns' names stay in view
            sheet.sheet_view.rightToLeft = is_right_to_left(language)
            headers = next(lines)
            set_widths(sheet, headers)
            for line in chain([headers], lines):
                sheet.append(
                    [cell if isinstance(cell, NATIVE) else safe_cell(cell) for cell in line]
                )
            book.save(file)
        file.seek(0)
        export.file.save(f"{uuid.uuid4()}.{export.format}", File(file), save=False)


def set_widths(sheet: Any, headers: Iterable[Any]) -> None:
    """Make columns wide enough for their names, and for a day with its time: not ########."""
    for number, name in enumerate(headers, 1):
        width = max(WIDTH, len(str(name)) + 2)
        sheet.column_dimensions[get_column_letter(number)].width = width


class Echo:
    """A file-like object that returns what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_line(line: Iterable[str]) -> bytes:
    return csv.writer(Echo()).writerow(line).encode()


def table_of(export: Export) -> type[ModelResource]:
    """Return the class of table that an export is written by."""
    listed = admin.site.get_model_admin(apps.get_model(export.model))
    assert isinstance(listed, RowExportMixin)  # the list that was asked for
    return listed.resource_classes[0]


def export_rows(export: Export) -> Iterator[list[Any]]:
    """Yield the columns' names, then each row: numbers and days as such, the rest as text."""
    model, table = apps.get_model(export.model), table_of(export)()
    yield table.get_export_headers()
    for first in range(0, len(export.rows), BATCH):
        keys = export.rows[first : first + BATCH]
        rows = table.filter_export(model._default_manager.filter(pk__in=keys)).in_bulk()
        for key in keys:
            if key in rows:  # deleted meanwhile
                asked = {"force_native_type": True, "language": export.language}
                row = table.export_resource(rows[key], **asked)
                yield [to_the_minute(cell) for cell in row]
        record_progress(export, first + len(keys))


def to_the_minute(cell: Any) -> Any:
    """Return an instant to the minute, and anything else unchanged."""
    return cell.replace(second=0, microsecond=0) if isinstance(cell, datetime) else cell


def safe_cell(cell: Any) -> str:
    """Return a cell as text that no spreadsheet runs and every file may hold."""
    text = clean_text("" if cell is None else str(cell), "\N{REPLACEMENT CHARACTER}")
    return f"'{text}" if FORMULA.match(text) and not NUMBER.match(text) else text


def original_cell(cell: Any) -> Any:
    """Return the original of an exported cell: its text without the mark of `safe_cell`."""
    if isinstance(cell, str) and not cell.strip():
        return ""
    is_marked = isinstance(cell, str) and cell.startswith("'") and FORMULA.match(cell)
    return cell[1:] if is_marked else cell


def progress_key(export: Export) -> str:
    return f"export:{export.pk}:{export.asked_at.timestamp()}"


def record_progress(export: Export, rows: int) -> None:
    """Store how many rows are written, for the progress bar."""
    try:
        cache.set(progress_key(export), rows, 3600)
    except RedisError:
        logger.warning("no cache: the progress of export %d is not told", export.pk)


def count_written_rows(export: Export) -> int:
    """Return how many rows of an export are written so far."""
    try:
        return cache.get(progress_key(export), 0)
    except RedisError:
        return 0


def retry_exports(exports: QuerySet[Export]) -> int:
    """Return exports that failed to those that wait; return how many."""
    return exports.update(state=ExportState.WAITING, error="")


@every(hours=1, is_foreseen=False)
def delete_old_exports(now: datetime) -> int:
    """Delete the tables asked for more than a day ago."""
    return delete_old_files(Export.objects, now)


def delete_old_files(files: Manager[Any], now: datetime) -> int:
    """Delete the files asked for more than a day ago, their bytes once the rows are gone."""

    def delete(export: Any) -> None:
        export.delete()
        if export.file:
            transaction.on_commit(partial(export.file.delete, save=False), robust=True)

    old = files.filter(asked_at__lt=now - KEPT_FOR).exclude(state=ExportState.WAITING)
    return len(process_one_by_one(delete, old.order_by("pk")))
