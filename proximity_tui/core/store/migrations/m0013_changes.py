"""The table of the last change of each thing: what changes again takes a new number. Frozen."""

TABLES = """
CREATE TABLE change (
    seq {id},
    kind TEXT NOT NULL,
    ref TEXT NOT NULL
);
CREATE UNIQUE INDEX change_one_for_a_thing ON change (kind, ref);
"""
