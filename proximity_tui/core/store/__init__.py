"""The only code that knows the database: records, events, alerts, leases and their history."""
