"""Restricted columns: encrypted with a key outside the database, each reading recorded.

The keys are FIELD_KEYS: the first one encrypts, all of them decrypt, so that a key is replaced by
putting the new one first and running `manage.py rotate_keys`. What was stored before a column was
restricted is read as it is, and encrypted by the same command. An empty text, or a column's
default, is stored as it is, so that a query can ask whether anything was said; nothing else can
be asked of such a column.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.functions import Cast
from django.utils import timezone

from connect.models import Reading
from connect.types import Request

MARK = "fernet:"  # how an encrypted text begins in the database
BATCH = 500
Rewrite = TypeVar("Rewrite", bound=Callable[..., int])
REWRITES: list[Callable[[], int]] = []  # what is done when a key is replaced


def rewrites_texts(rewrite: Rewrite) -> Rewrite:
    """Register a function `()` that encrypts texts with the first key and returns how many."""
    REWRITES.append(rewrite)
    return rewrite


def ciphers() -> list[Fernet]:
    return [Fernet(base64.urlsafe_b64encode(key)) for key in settings.FIELD_KEYS]


def encrypt(text: str) -> str:
    """Return a text encrypted with a key of FIELD_KEYS (AES), and signed."""
    return MARK + MultiFernet(ciphers()).encrypt(text.encode()).decode() if text else text


def decrypt(stored: str) -> str:
    """Return the stored text decrypted; RuntimeError where no key of FIELD_KEYS opens it."""
    if not stored or not stored.startswith(MARK):
        return stored
    try:
        return MultiFernet(ciphers()).decrypt(stored.removeprefix(MARK).encode()).decode()
    except InvalidToken:
        raise RuntimeError("FIELD_KEYS lacks the key of a restricted column") from None


def is_current(stored: str) -> bool:
    """True for what is encrypted with the first key."""
    try:
        ciphers()[0].decrypt(stored.removeprefix(MARK).encode())
    except InvalidToken:
        return False
    return stored.startswith(MARK)


class RestrictedField(models.TextField):
    """A text that is encrypted in the database. Whoever shows it calls `record_reading`."""

    def from_db_value(
        self, value: str | None, expression: Any, connection: BaseDatabaseWrapper
    ) -> str | None:
        return None if value is None else decrypt(value)

    def is_blank(self, value: Any) -> bool:
        return not value or (self.has_default() and value == self.get_default())

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        text = self.to_python(value)
        return text if self.is_blank(text) else encrypt(text)

    def get_prep_value(self, value: Any) -> Any:
        """Refuse lookups: each encryption of a text differs."""
        if not self.is_blank(value):
            raise FieldError(f"{self.name} is encrypted: only whether it is said can be asked")
        return super().get_prep_value(value)

    def get_lookup(self, name: str) -> type[models.Lookup[Any]] | None:
        return super().get_lookup(name) if name in ("exact", "isnull") else None

    def get_transform(self, name: str) -> None:
        return None


def record_reading(request: Request, row: models.Model, part: str) -> None:
    """Record that the person of this request reads a restricted part of a row."""
    Reading.objects.create(
        at=timezone.now(),
        reader=request.user if request.user.is_authenticated else None,
        model=row._meta.label_lower,
        row=row.pk,
        part=part,
        page=request.resolver_match.view_name,
    )


def restricted_columns() -> Iterator[tuple[type[models.Model], RestrictedField]]:
    """Return (model, field) of every restricted column."""
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, RestrictedField):
                yield model, field


def rewrite_columns(
    columns: Iterable[tuple[type[models.Model], Any]],
    is_done: Callable[[Any, str], bool],
    write: Callable[[str], str],
) -> int:
    """Encrypt again each stored text that `is_done` is not true of; return how many.

    What somebody changes at the same moment is left as they write it.
    """
    written = 0
    for model, field in columns:
        table, column = map(connection.ops.quote_name, (model._meta.db_table, field.column))
        update = f"UPDATE {table} SET {column} = %s WHERE id = %s AND {column} = %s"  # noqa: S608
        stored = Cast(field.name, models.TextField())
        rows = model._base_manager.order_by("pk").annotate(stored=stored).exclude(stored="")
        for pk, before in rows.values_list("pk", "stored").iterator(chunk_size=BATCH):
            if not is_done(field, before):
                with connection.cursor() as cursor:
                    cursor.execute(update, [write(decrypt(before)), pk, before])
                    written += cursor.rowcount
    return written


@rewrites_texts
def rewrite_restricted() -> int:
    """Encrypt with the first key what a restricted column says; return how many texts."""

    def is_done(field: RestrictedField, stored: str) -> bool:
        return field.is_blank(stored) or is_current(stored)

    return rewrite_columns(restricted_columns(), is_done, encrypt)


def rotate_keys() -> int:
    """Encrypt with the first key whatever is not; return how many texts were written."""
    return sum(rewrite() for rewrite in REWRITES)
