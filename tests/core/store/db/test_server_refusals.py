"""A PostgreSQL server that is of no use says why, and whether waiting would help."""

from __future__ import annotations

import peewee
import pytest

from proximity_tui.core import store
from proximity_tui.core.store.db.server_refusals import server_refusal
from proximity_tui.core.store.db.store_errors import StoreMisconfigured, StoreUnavailable, describe
from tests.support.servers.postgresql import Server


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ('FATAL:  database "fleet" does not exist', "no database fleet"),
        ("FATAL: no such database: fleet", "no database fleet"),
        ('FATAL:  role "anna" does not exist', "no user anna"),
        ("fe_sendauth: no password supplied", "~/.pgpass"),
        ('FATAL:  password authentication failed for user "anna"', "refused the user or password"),
        (
            'FATAL:  no pg_hba.conf entry for host "10.0.0.9", user "anna", database "fleet", no encryption',
            "sslmode=require",
        ),
        ('FATAL:  no pg_hba.conf entry for host "10.0.0.9", user "anna", database "fleet", SSL on', "pg_hba.conf"),
        ("FATAL: SSL required", "sslmode=require"),
        ("server does not support SSL, but SSL was required", "does not support TLS"),
        ('root certificate file "/home/anna/.postgresql/root.crt" does not exist', "sslrootcert"),
        ("SSL error: certificate verify failed", "certificate of the server"),
        ('server certificate for "db" does not match host name "db.example"', "certificate of the server"),
        ('definition of service "fleet" not found', "no service fleet is defined"),
        ('invalid connection option "foo"', "no option foo"),
        ('invalid sslmode value: "bogus"', "wrong value for sslmode"),
        ("bad value for connect_timeout: 'abc'", "wrong value for connect_timeout"),
        ('FATAL:  unrecognized configuration parameter "nosuch"', "no setting nosuch"),
        ("ERROR:  transaction blocks not allowed in statement pooling mode", "pool_mode"),
        ("permission denied for schema public LINE 1: CREATE TABLE", "schema public"),
        ("must be owner of function proximity_refuse", "REASSIGN OWNED BY"),
    ],
)
def test_a_mistake_of_configuration_is_told_with_what_to_do(said: str, sentence: str) -> None:
    refusal = server_refusal(f'connection failed: connection to server at "10.0.0.1", port 5432 failed: {said}')
    assert refusal is not None
    assert sentence in refusal.sentence
    assert refusal.misconfigured


@pytest.mark.parametrize(
    "said",
    [
        "failed to resolve host 'db.example': [Errno -2] Name or service not known",
        "Connection refused Is the server running on that host and accepting TCP/IP connections?",
        "connection timeout expired",
        'connection to server on socket "/run/pg/.s.PGSQL.5432" failed: No such file or directory',
        "FATAL:  sorry, too many clients already",
        "FATAL:  the database system is starting up",
    ],
)
def test_an_outage_is_no_mistake(said: str) -> None:
    refusal = server_refusal(said)
    assert refusal is not None
    assert not refusal.misconfigured


def test_a_reason_that_is_not_known_here_is_told_in_the_words_of_the_library() -> None:
    said = 'connection failed: connection to server at "10.0.0.1", port 5432 failed: the moon is full\n\tIs it?'
    told = describe(peewee.OperationalError(said), "postgresql://anna@10.0.0.1/fleet")
    assert str(told) == "postgresql://anna@10.0.0.1/fleet: the database server cannot be reached: the moon is full"


def test_other_words_mean_nothing_here() -> None:
    assert server_refusal("UNIQUE constraint failed: port.public") is None


@pytest.mark.usefixtures("closed_after")
@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("{server}/nosuch", "no database nosuch"),
        ("{elsewhere}nobody1@{address}/ready", "no user nobody1"),
        ("{server}/ready?sslmode=require", "does not support TLS"),
        ("{server}/ready?foo=bar", "no option foo"),
        ("{server}/ready?options=-c%20nosuch%3D1", "no setting nosuch"),
        ("{server}/ready?options=-c%20search_path%3Dnosuch", "no schema of its search_path exists"),
        ("{elsewhere}tests@127.0.0.1:99999/ready", "Port out of range"),
    ],
)
def test_a_real_server_is_understood(postgresql_server: Server, url: str, sentence: str) -> None:
    filled = url.format(
        server=postgresql_server.url, elsewhere="postgresql://", address=f"127.0.0.1:{postgresql_server.port}"
    )
    with pytest.raises(StoreMisconfigured, match=sentence) as refused:
        store.open_store(filled)
    assert isinstance(refused.value, StoreUnavailable)
