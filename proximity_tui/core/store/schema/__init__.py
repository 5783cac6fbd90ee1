"""The tables as peewee sees them; `migrations` makes them, with what the database itself guards."""
