"""The import of peewee without the drivers that it would load with it: together they take longer than all of peewee.

SQLite needs none of them, and `pool` loads the one for PostgreSQL itself. Imported before anything that uses peewee.
"""

import sys

_DRIVERS = ("psycopg2cffi", "psycopg2", "psycopg", "pymysql", "MySQLdb")


def _import_alone() -> None:
    absent = [name for name in _DRIVERS if name not in sys.modules]
    # That is how Python notes down that a module cannot be imported; peewee takes it for not installed.
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]
    try:
        import peewee  # noqa: F401
    finally:
        for name in absent:
            del sys.modules[name]


_import_alone()
