"""What the database itself holds the sessions of web and workers to.

It stands with their role: each session begins with it, also behind a pooler that shares sessions
out by the transaction, where what one session asks for is another's a moment later. `grant_role`
sets it, web and workers look for it when they start, `doctor` too. Imports no Django.
"""

from collections.abc import Iterable
from typing import Any

LIMITS = {
    "statement_timeout": "30s",
    "lock_timeout": "10s",
    "random_page_cost": "1.1",  # the disks of our time find a page as soon as the next one
    # A name is taken for another from half of its threes of letters on (registry/search.py).
    "pg_trgm.word_similarity_threshold": "0.5",
    "pg_trgm.strict_word_similarity_threshold": "0.4",
}
SECONDS = "extract(epoch FROM current_setting('{}')::interval)::float"
# Unknown to a session that has not compared texts yet, unless its role says it.
LIKENESS = "coalesce(nullif(current_setting('{}', true), ''), '0')::float"
CHECKED = {
    "statement_timeout": SECONDS,
    "lock_timeout": SECONDS,
    "pg_trgm.word_similarity_threshold": LIKENESS,
    "pg_trgm.strict_word_similarity_threshold": LIKENESS,
}
ASKED = "SELECT " + ", ".join(setting.format(name) for name, setting in CHECKED.items())


def limit_statements(role: str, names: Iterable[str] = LIMITS) -> list[str]:
    """Write the statements that set limits for a role, quoted as `ALTER ROLE` takes it."""
    return [f"ALTER ROLE {role} SET {name} = '{LIMITS[name]}'" for name in names]


def find_missing_limits(cursor: Any) -> list[str]:
    """List the limits that a session of ours is without; stricter times are fine."""
    cursor.execute(ASKED)
    missing = []
    for (name, setting), value in zip(CHECKED.items(), cursor.fetchone()):
        limit = float(LIMITS[name].removesuffix("s"))
        if not (0 < value <= limit if setting is SECONDS else value == limit):
            missing.append(name)
    return missing
