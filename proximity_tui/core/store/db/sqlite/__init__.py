"""The SQLite file: where it may lie, who may open it, the files beside it, and the connections to it."""
