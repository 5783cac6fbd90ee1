"""The tables as peewee sees them; `migrations` makes them, with the triggers of the database."""
