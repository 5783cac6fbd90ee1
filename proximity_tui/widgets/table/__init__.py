"""The list: rows known by key, columns, filter, and painting."""
