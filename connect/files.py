"""Files in the storage: how they are given out, and whether rows and storage name the same ones."""

import mimetypes
from datetime import timedelta

from django.apps import apps
from django.core.files.storage import default_storage
from django.db.models import FileField
from django.http import FileResponse

# A file is written before its row: one younger than this may still get it.
YOUNG = timedelta(days=1)


def download(file, name, content_type=""):
    """Answer with a stored file, always as a download."""
    return FileResponse(
        file.open("rb"),
        as_attachment=True,
        filename=name,
        content_type=content_type or mimetypes.guess_type(name)[0] or "application/octet-stream",
    )


def printable_name(name):
    """Give what a file was called, as it may be shown: data, never a path."""
    return "".join(letter for letter in name if letter.isprintable())[-150:]


def named():
    """Give (name, whose) of every file that a row names, over all models."""
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, FileField):
                rows = model._base_manager.exclude(**{field.name: ""}).values_list("pk", field.name)
                for pk, name in rows.iterator():
                    yield name, f"{model._meta.label} {pk}"


def stored(folder=""):
    """Give the name of every file in the storage."""
    folders, files = default_storage.listdir(folder)
    for name in files:
        yield f"{folder}{name}"
    for name in folders:
        yield from stored(f"{folder}{name}/")


def missing():
    """List (name, whose) of the files that a row names and the storage lacks."""
    return [(name, whose) for name, whose in named() if not default_storage.exists(name)]


def orphans(now):
    """List the files that no row names and that are old enough to stay without."""
    known = {name for name, _whose in named()}
    return [
        name
        for name in stored()
        if name not in known and default_storage.get_modified_time(name) < now - YOUNG
    ]
