"""The column for the first attempt to send a message whose end is not known, so that it may have arrived. Frozen.

Until now that was told by how the sentence in `error` begins. It is read once more, for the rows of before.
"""

TABLES = """
ALTER TABLE notification ADD COLUMN unanswered_at TEXT;
UPDATE notification SET unanswered_at = claimed_at
    WHERE state = 'failed' AND substr(error, 1, 17) = 'it did not answer'
"""
