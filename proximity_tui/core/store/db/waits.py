"""How long a database is waited for, in seconds, whichever it is: a file or a server. Each is read when it is needed.

What a server that fell silent is given is the business of `pool`.
"""

PREPARED = 15.0
"""For another process that is preparing the database."""
WRITER = 5.0
"""For another writer, who should be done in milliseconds."""
STATEMENT = 15.0
"""For a statement, on a server."""
IDLE = 10.0
"""For the next statement of a transaction, on a server: a writer that was cut off keeps nobody waiting."""
COPY = 120.0
"""For the same, while a copy handles a page of rows in the other database."""
CONNECTION = 5.0
"""For a session with a server, while all that a process may have are in use."""


def limits() -> dict[str, int]:
    """Return the settings of a server that end a wait, in milliseconds: a stuck rival, or one that was cut off in the
    middle of a transaction, keeps nobody waiting.
    """
    return {
        "statement_timeout": milliseconds(STATEMENT),
        "lock_timeout": milliseconds(WRITER),
        "idle_in_transaction_session_timeout": milliseconds(IDLE),
    }


def milliseconds(seconds: float) -> int:
    """Return a wait as databases want it told."""
    return round(seconds * 1000)
