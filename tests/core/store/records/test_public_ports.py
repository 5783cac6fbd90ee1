"""Public ports: the lowest free one, nobody's twice, free again with the record."""

import pytest

from proximity_tui.core.model import PortMapping
from proximity_tui.core.store.db.store_errors import LostRace, PortsExhausted, StoreError
from proximity_tui.core.store.records import public_ports, records
from tests.core.store.making import a_container, close
from tests.core.store.statements import statements

pytestmark = pytest.mark.usefixtures("opened")

POOL = range(8100, 8103)


def test_the_lowest_free_port_is_given() -> None:
    first, second = a_container(vmid=101), a_container(vmid=102)
    assert public_ports.allocate(first.id, 80, POOL) == PortMapping(8100, 80)
    assert public_ports.allocate(second.id, 443, POOL) == PortMapping(8101, 443)
    close(records.get(first.id))
    assert public_ports.allocate(second.id, 80, POOL).public == 8100


def test_a_pool_that_is_used_up_says_so() -> None:
    web = a_container()
    for inner in (80, 81, 82):
        public_ports.allocate(web.id, inner, POOL)
    with pytest.raises(PortsExhausted, match="8100 to 8102"):
        public_ports.allocate(web.id, 83, POOL)


def test_a_released_port_is_returned_and_free() -> None:
    web = a_container()
    mapping = public_ports.allocate(web.id, 80, POOL)
    assert public_ports.release_all(web.id) == (mapping,)
    assert public_ports.release_all(web.id) == ()
    assert public_ports.used() == frozenset()


def test_a_closed_record_gets_no_port() -> None:
    tombstone = close(a_container())
    with pytest.raises(LostRace):
        public_ports.allocate(tombstone.id, 80, POOL)


@pytest.mark.parametrize("number", [0, -1, 65536])
def test_what_is_not_a_port_is_refused(number: int) -> None:
    with pytest.raises(StoreError, match="65535"):
        public_ports.allocate(a_container().id, number, POOL)


@pytest.mark.parametrize("number", [1, 8080, 65535])
def test_a_port_is_valid(number: int) -> None:
    assert public_ports.validate_port(number) == number


def test_who_gave_a_port_is_looked_up_in_the_trail_once_and_only_where_it_is_shown() -> None:
    """The trail of a container that is observed for a year is long, and the screen reads after each change."""
    web = a_container()
    public_ports.allocate(web.id, 80, POOL)
    with statements() as plain:
        assert [one.by for one in public_ports.registry()] == [None]
    assert not asked_the_trail(plain)
    first = public_ports.registry_with_givers()
    assert [one.by for one in first] == ["anna@jump1"]
    with statements() as again:
        assert public_ports.registry_with_givers(first) == first
    assert not asked_the_trail(again)
    public_ports.allocate(web.id, 443, POOL)
    with statements() as one_more:
        assert [one.by for one in public_ports.registry_with_givers(first)] == ["anna@jump1"] * 2
    assert asked_the_trail(one_more)


def asked_the_trail(run: list[str]) -> bool:
    return any('"event"' in sql for sql in run)
