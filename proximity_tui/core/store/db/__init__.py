"""What SQLite and PostgreSQL do differently: connections, triggers, fields, queries, errors."""
