"""Append-only rows: the lines of timelines, who read what, what was archived.

The database itself refuses to change or delete them. What a person typed stands beside, in
`details`, and may be blanked for somebody who is erased: the row keeps a salted digest of each
text in `digests`, so that a later change shows, and once text and salt are gone nobody can
guess the text from its digest. Every new row waits in `connect_unsealed` for a worker to seal it
(connect/seals.py): no write waits for the chain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

# ruff: noqa: S608 - the tables are named by migrations
from django.db import models


class AppendOnly(models.Model):
    """A row that is added once. A column that is added later must be nullable: see `Seal`."""

    class Meta:
        abstract = True


class AppendOnlyTexts(AppendOnly):
    """An append-only row that also holds typed text; the database adds salts and digests."""

    BESIDE = ("details", "salts")  # what may be blanked, and is no part of the row's digest

    details = models.JSONField(default=dict, blank=True)
    salts = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    digests = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))

    class Meta:
        abstract = True


def append_only_models() -> list[type[AppendOnly]]:
    """Return every model whose rows are only added, in the order of their tables' names."""
    from django.apps import apps  # noqa: PLC0415 - asked once all models are known

    classes = [model for model in apps.get_models() if issubclass(model, AppendOnly)]
    return sorted(classes, key=lambda model: model._meta.db_table)


def erase_text(rows: models.QuerySet[Any], is_theirs: Callable[[str], bool]) -> int:
    """Blank each typed text of these rows of which `is_theirs(text)` is true; return how many.

    A whole text goes, with its salt: the database lets nothing else be written in its place.
    Texts in lists and dictionaries count as part of the value that holds them.
    """

    def holds(value: Any) -> bool:
        if isinstance(value, dict):
            return any(holds(one) for one in value.values())
        if isinstance(value, list):
            return any(holds(one) for one in value)
        return isinstance(value, str) and bool(value) and is_theirs(value)

    blanked = 0
    for row in rows.exclude(details={}).order_by("pk"):
        theirs = [name for name, value in row.details.items() if holds(value)]
        if theirs:
            blank_texts(row, theirs)
            blanked += len(theirs)
    return blanked


def blank_texts(row: AppendOnlyTexts, names: Iterable[str]) -> None:
    """Blank the typed texts of these names in a row, with their salts."""
    details = row.details | dict.fromkeys(names, "")
    salts = {name: salt for name, salt in row.salts.items() if name not in names}
    type(row)._base_manager.filter(pk=row.pk).update(details=details, salts=salts)


# What the database does. The functions are made by a migration of `connect`; `protection_sql`
# ties them to a table. Triggers name their schema: a temporary table of the same name diverts
# nothing.

FUNCTIONS = """
CREATE FUNCTION append_only_digest() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.salts := (SELECT coalesce(jsonb_object_agg(key, gen_random_uuid()), '{}')
                FROM jsonb_object_keys(NEW.details) AS key);
  NEW.digests := (
    SELECT coalesce(jsonb_object_agg(key, encode(
      sha256(convert_to((NEW.salts->>key) || value::text, 'UTF8')), 'hex')), '{}')
    FROM jsonb_each(NEW.details));
  RETURN NEW;
END $$;

CREATE FUNCTION append_only_arrived() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO public.connect_unsealed (table_name, row_id, at)
  VALUES (TG_TABLE_NAME, NEW.id, clock_timestamp());
  RETURN NULL;
END $$;

CREATE FUNCTION append_only_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Only `manage.py audit archive`, as the owner of the tables, takes out what is sealed; the
  -- seals themselves stay, so their triggers have an argument.
  IF TG_OP = 'DELETE' AND TG_NARGS = 0 AND current_setting('connect.archives', true) = 'yes' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '% is append-only: nothing in it is changed or deleted', TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION append_only_blank() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF to_jsonb(NEW) - '{details,salts}'::text[] = to_jsonb(OLD) - '{details,salts}'::text[]
     AND NOT EXISTS (
       SELECT FROM jsonb_object_keys(OLD.details || NEW.details || OLD.salts || NEW.salts) AS key
       WHERE NOT (NEW.details->key IS NOT DISTINCT FROM OLD.details->key
                  AND NEW.salts->key IS NOT DISTINCT FROM OLD.salts->key)
         AND (OLD.details ? key AND NEW.details->key = '""' AND NOT NEW.salts ? key) IS NOT TRUE)
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% is append-only: a typed text can be blanked, nothing else', TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;
"""
NO_FUNCTIONS = """
DROP FUNCTION append_only_digest, append_only_arrived, append_only_refuse, append_only_blank;
"""


def protection_sql(table: str, *, says_something: bool = False) -> tuple[str, str]:
    """Return the SQL that makes a table append-only, and the SQL that undoes it.

    Its rows so far get their digests, if the table has texts, and wait to be sealed.
    """
    update = "append_only_blank" if says_something else "append_only_refuse"
    lock = f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE;"
    digest = f"""
UPDATE {table} SET salts = (
  SELECT coalesce(jsonb_object_agg(key, gen_random_uuid()), '{{}}')
  FROM jsonb_object_keys(details) AS key);
UPDATE {table} SET digests = (
  SELECT coalesce(jsonb_object_agg(key, encode(
    sha256(convert_to((salts->>key) || value::text, 'UTF8')), 'hex')), '{{}}')
  FROM jsonb_each(details));
CREATE TRIGGER digest BEFORE INSERT ON {table}
  FOR EACH ROW EXECUTE FUNCTION append_only_digest();
"""
    forward = f"""
INSERT INTO connect_unsealed (table_name, row_id, at)
  SELECT '{table}', id, clock_timestamp() FROM {table} ORDER BY id;
CREATE TRIGGER arrived AFTER INSERT ON {table}
  FOR EACH ROW EXECUTE FUNCTION append_only_arrived();
CREATE TRIGGER changed BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {update}();
CREATE TRIGGER deleted BEFORE DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION append_only_refuse();
CREATE TRIGGER emptied BEFORE TRUNCATE ON {table} EXECUTE FUNCTION append_only_refuse();
"""
    backward = f"""
DROP TRIGGER emptied ON {table};
DROP TRIGGER deleted ON {table};
DROP TRIGGER changed ON {table};
DROP TRIGGER arrived ON {table};
DELETE FROM connect_unsealed WHERE table_name = '{table}';
"""
    if says_something:
        return lock + digest + forward, backward + f"DROP TRIGGER digest ON {table};"
    return lock + forward, backward
