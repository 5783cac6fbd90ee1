"""The import of peewee without the drivers that it would load with it: together they take longer than all of peewee.

SQLite needs none of them, and `pool` loads the one for PostgreSQL itself. Imported before anything that uses peewee.
"""

from proximity_tui.core.base.not_installed import not_installed

with not_installed("psycopg2cffi", "psycopg2", "psycopg", "pymysql", "MySQLdb"):
    import peewee  # noqa: F401
