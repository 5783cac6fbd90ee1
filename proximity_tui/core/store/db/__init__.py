"""The differences between SQLite and PostgreSQL: connections, triggers, fields, queries, errors."""
