"""The configuration: reading its file, the grammar of values, strict tables, and the sources of secrets."""
