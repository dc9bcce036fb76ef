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
# The last is unknown to a session that has not compared texts yet, unless its role says it.
ASKED = (
    f"SELECT {SECONDS.format('statement_timeout')}, {SECONDS.format('lock_timeout')},"
    " coalesce(nullif(current_setting('pg_trgm.word_similarity_threshold', true), ''), '0')::float,"
    " coalesce(nullif(current_setting('pg_trgm.strict_word_similarity_threshold', true), ''), '0')"
    "::float"
)


def limit_statements(role: str, names: Iterable[str] = LIMITS) -> list[str]:
    """Write the statements that set limits for a role, quoted as `ALTER ROLE` takes it."""
    return [f"ALTER ROLE {role} SET {name} = '{LIMITS[name]}'" for name in names]


def find_missing_limits(cursor: Any) -> list[str]:
    """List the limits that a session of ours is without; stricter times are fine."""
    cursor.execute(ASKED)
    statement, lock, likeness, strict = cursor.fetchone()
    there = {
        "statement_timeout": 0 < statement <= 30,
        "lock_timeout": 0 < lock <= 10,
        "pg_trgm.word_similarity_threshold": likeness == 0.5,
        "pg_trgm.strict_word_similarity_threshold": strict == 0.4,
    }
    return [name for name, is_there in there.items() if not is_there]
