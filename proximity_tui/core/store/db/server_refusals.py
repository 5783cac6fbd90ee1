"""The refusals of a PostgreSQL server, its library or a pooler in front of it, as sentences with advice.

It knows their messages and nothing else; `errors` handles every other message.
"""

from __future__ import annotations

import re

from proximity_tui.core.base.value_object import value_object


@value_object
class ServerRefusal:
    """The reason why the server could not be used, and whether that is a mistake of configuration, which no waiting
    repairs.
    """

    sentence: str
    misconfigured: bool = True


_CROWDED = r"too many clients|connection slots are reserved|no more connections allowed|too many connections"

_MISTAKES: tuple[tuple[str, str], ...] = (
    (
        r'database "(?P<it>[^"]+)" does not exist|no such database: (?P<other>[^\s)]+)',
        "the server has no database {it}: create it (createdb {it}), or correct the name in the URL",
    ),
    (
        r'role "(?P<it>[^"]+)" does not exist|no such user: (?P<other>[^\s)]+)',
        "the server knows no user {it}: create it (createuser {it}), or correct the name in the URL",
    ),
    (r"no password supplied", "the server requires a password for this user: put one into ~/.pgpass"),
    (r"authentication failed|auth failed", "the database server refused the user or password"),
    (
        r"no pg_hba\.conf entry.*(?:no encryption|ssl off)",
        "the server rejects this user from this host without TLS: add ?sslmode=require to the URL, or have its"
        " administrator add a line to pg_hba.conf",
    ),
    (
        r"no pg_hba\.conf entry|pg_hba\.conf rejects",
        "the server rejects this user from this host: its administrator must add a line to pg_hba.conf",
    ),
    (
        r"does not support ssl",
        "the server does not support TLS, but sslmode in the URL asks for it: switch TLS on there, or correct sslmode",
    ),
    (r"tls required|ssl required", "the server requires TLS: add ?sslmode=require to the URL"),
    (
        r"root certificate file",
        "sslmode in the URL asks to verify the server, but there is no root certificate: name one with sslrootcert",
    ),
    (
        r"certificate verify failed|server certificate for .* does not match",
        "the certificate of the server is not the one that is trusted: correct sslrootcert or the host in the URL",
    ),
    (
        r'definition of service "(?P<it>[^"]+)" not found',
        "no service {it} is defined here: add it to ~/.pg_service.conf, or correct the URL",
    ),
    (r'invalid connection option "(?P<it>[^"]+)"', "PostgreSQL knows no option {it}: correct the URL"),
    (r"(?:invalid|bad) (?P<it>\w+) value|bad value for (?P<other>\w+)", "the URL has a wrong value for {it}"),
    (r'unrecognized configuration parameter "(?P<it>[^"]+)"', "the server knows no setting {it}: correct the URL"),
    (
        r"unsupported startup parameter\w*(?: in options)?: (?P<it>\S+)",
        "the pooler does not accept {it}: correct the URL",
    ),
    (
        r"statement pooling mode",
        "the pooler gives each statement another connection: it must pool by transaction or by session"
        " (pool_mode of PgBouncer)",
    ),
    (
        r"permission denied for (?P<it>(?:schema|database|table|relation|sequence) \S+)",
        "this user may not use {it}: the database must belong to it (ALTER DATABASE ... OWNER TO ...)",
    ),
    (
        r"must be owner of (?P<it>(?:schema|database|table|relation|sequence|function|trigger) \S+)",
        "{it} belongs to another user, who made it: open the database once as that one, or give all of it to this user"
        " (REASSIGN OWNED BY ... TO ...)",
    ),
)
_OUTAGES: tuple[tuple[str, str], ...] = (
    (
        r"failed to resolve host|could not translate host name|name or service not known",
        "the database server cannot be reached: its host name is not known here",
    ),
    (
        r"connection refused",
        "the database server cannot be reached: nothing listens there (is it up, and are host and port right?)",
    ),
    (
        r'on socket "(?P<it>[^"]+)" failed: no such file',
        "the database server cannot be reached: there is no socket {it} (is it up, and is the folder right?)",
    ),
    (r"timeout expired|connection timeout", "the database server cannot be reached: it did not answer in time"),
    (_CROWDED, "the database server accepts no more connections now"),
    (r"database system is (?P<it>starting up|shutting down)", "the database server cannot be reached: it is {it}"),
    (
        r"in a read-only transaction|during recovery",
        "the database server takes no writes now (is it a standby?): nothing was written",
    ),
    (
        r"is in recovery mode|not yet accepting connections",
        "the database server cannot be reached: it is recovering",
    ),
)


def is_crowded(said: str) -> bool:
    """Return whether a server says that it accepts no more connections: of this user, to this database, or at all."""
    return re.search(_CROWDED, said, re.IGNORECASE) is not None


def server_refusal(said: str) -> ServerRefusal | None:
    """Return the meaning of a message of a server or driver; None for an unknown message."""
    for rules, misconfigured in ((_MISTAKES, True), (_OUTAGES, False)):
        for pattern, sentence in rules:
            if found := re.search(pattern, said, re.IGNORECASE):
                names = found.groupdict()
                it = names.get("it") or names.get("other") or ""
                return ServerRefusal(sentence.replace("{it}", it), misconfigured)
    return None
