"""The table of the findings of lint that a person waived. Frozen."""

TABLES = """
CREATE TABLE lint_waiver (
    id {id},
    rule TEXT NOT NULL,
    subject TEXT NOT NULL,
    note TEXT NOT NULL,
    waived_at TEXT NOT NULL,
    waived_by TEXT NOT NULL,
    lifted_at TEXT,
    lifted_by TEXT
);
CREATE UNIQUE INDEX lint_waiver_one ON lint_waiver (rule, subject) WHERE lifted_at IS NULL;
"""
