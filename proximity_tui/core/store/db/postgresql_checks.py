"""The checks of a PostgreSQL database before it is used: whether the tables that are found, or would be made, are those
that are meant, whether it can keep every text, and whether our role may write. And of one that is used: what it may
lose.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

import peewee

from proximity_tui.core.store.db.backend import Weakness
from proximity_tui.core.store.db.queries import run_sql
from proximity_tui.core.store.db.store_errors import StoreMisconfigured

_OPTION = re.compile(r"(?:-c\s*|--)([\w.-]+)\s*=")
_DECISIVE = frozenset({"search_path", "role", "default_transaction_read_only"})
"""The settings by which other tables are used than without them, or tables are used otherwise."""
_ANY_TEXT = ("UTF8", "SQL_ASCII")
"""The encodings that keep every text: one of everything, and one that looks at nothing."""


def parts_of(url: str) -> SplitResult:
    """Return the parts of a URL. Raises `StoreMisconfigured` for an invalid one."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  # Looked at here, because only looking tells that it is none.
    except ValueError as error:
        raise StoreMisconfigured(f"the database URL cannot be read: {error}") from None
    return parts


def why_unusable(db: peewee.Database, options: str) -> str | None:
    """Return why a database is not to be used as it is, with what to do; None where all is well. `options` are those
    of its URL.
    """
    return _dropped(db, options) or _shadowed(db) or _encoded(db)


def may_only_select(db: peewee.Database) -> bool:
    """Return whether the row on which writers queue may be read by our role, and not changed."""
    granted = "SELECT has_table_privilege(c.oid, 'SELECT') AND NOT has_table_privilege(c.oid, 'UPDATE')"
    found = run_sql(db, f"{granted} FROM pg_class c WHERE c.oid = to_regclass('store_change')")
    return bool(found and found[0][0])


def weaknesses(db: peewee.Database) -> tuple[Weakness, ...]:
    """Return what a database that is used does not keep: names of some characters, or what was written before a crash
    of its server.
    """
    [(encoding, *kept)] = run_sql(
        db, "SELECT current_setting('server_encoding'), current_setting('fsync'), current_setting('full_page_writes')"
    )
    found = []
    if encoding not in _ANY_TEXT:
        message = f"its encoding is {encoding}, which cannot keep every name: a record with such a name is refused"
        found.append(Weakness(message, "move it into one of UTF8: proximity-tui db copy --to URL"))
    for name, value in zip(("fsync", "full_page_writes"), kept, strict=True):
        if value == "off":
            message = f"{name} is off on the server: a crash of its host can lose or damage everything"
            found.append(Weakness(message, f"ALTER SYSTEM SET {name} = on, then SELECT pg_reload_conf()"))
    return tuple(found)


def _dropped(db: peewee.Database, options: str) -> str | None:
    """Return the reason where a pooler keeps a setting of the URL from the server that decides which tables are used:
    without it they would be others, or empty ones would be made.
    """
    asked = [name.replace("-", "_").lower() for name in _OPTION.findall(options)]
    if not (decisive := sorted(_DECISIVE.intersection(asked))):
        return None
    kept = "SELECT name FROM pg_settings WHERE source NOT IN ('client', 'session') AND name = ANY(%s) ORDER BY name"
    names = ", ".join(row[0] for row in run_sql(db, kept, (decisive,)))
    if not names:
        return None
    return (
        f"the pooler keeps {names} of the URL from the server, so the wrong tables would be used: set it there (ALTER"
        " ROLE ... IN DATABASE ... SET ...), and take it out of the URL"
    )


def _shadowed(db: peewee.Database) -> str | None:
    """Return the reason where the tables are found in one schema, and new ones would be made in another one that comes
    before it, or in none.
    """
    found = run_sql(
        db,
        "SELECT nspname, current_schema() FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE c.oid = to_regclass('store_change') AND nspname IS DISTINCT FROM current_schema()",
    )
    if found:
        [(schema, before)] = found
        return (
            f"its tables are in schema {schema}, but search_path has {before} before it: drop that schema, or put"
            f" {schema} first (?options=-c%20search_path%3D{schema} in the URL)"
        )
    if run_sql(db, "SELECT current_schema()") == [(None,)]:
        return "no schema of its search_path exists: create one, or correct search_path"
    return None


def _encoded(db: peewee.Database) -> str | None:
    """Return the reason for a database without tables whose encoding lacks characters that a name may have."""
    [(encoding,)] = run_sql(db, "SHOW server_encoding")
    if encoding in _ANY_TEXT or db.table_exists("store_change"):
        return None
    return (
        f"its encoding is {encoding}, which cannot keep every name: create it again (createdb --template=template0"
        " --encoding=UTF8)"
    )
