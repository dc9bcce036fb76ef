"""Brings a large table in, from a command."""

import logging
from itertools import islice

from django.core.exceptions import ValidationError
from django.db import transaction

from connect.sandbox import TRUSTED
from registry.registry_tables import BATCH, TABLES
from registry.table_files import TRUSTED_CELLS, WESTERN, make_dataset, read_rows
from registry.table_rows import list_faults

logger = logging.getLogger(__name__)


def import_table(name, path, progress=iter, report=logger.warning, letters=WESTERN):
    """Import a whole table; return {"new": n, "update": n, "skip": n}.

    report: called with each sentence on what came in otherwise than it was written. Raises
    ValidationError with all faults, each "row 12, country: ...", and leaves nothing then.
    """
    counts, faults = {"new": 0, "update": 0, "skip": 0}, []
    with (
        open(path, "rb") as file,
        read_rows(file, TRUSTED, TRUSTED_CELLS, letters) as (headers, remarks, rows),
        transaction.atomic(),
    ):
        rows = iter(progress(rows))
        while batch := list(islice(rows, BATCH)):
            resource = TABLES[name]()
            dataset = make_dataset(headers, remarks, batch)
            result = resource.import_data(dataset, use_transactions=False)
            faults += list_faults(result)
            if result.base_errors:
                break
            for words in result.remarks:
                report(words)
            remarks = {}  # of the file are told once
            for outcome in counts:
                counts[outcome] += result.totals[outcome]
        if faults:
            raise ValidationError(faults)
    return counts
