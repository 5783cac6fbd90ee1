"""A database that a demo made says so for ever, also in a copy."""

from pathlib import Path

import pytest

from proximity_tui.core import store
from proximity_tui.core.store import copying, flags
from proximity_tui.core.store.db.store_errors import StoreError
from tests.core.store.making import ANNA, a_container, raw

pytestmark = pytest.mark.usefixtures("closed_after")


def test_a_database_is_not_simulated_unless_a_demo_says_so(database: str) -> None:
    store.open_store(database)
    assert not flags.is_simulated()
    flags.mark_simulated()
    flags.mark_simulated()
    store.open_store(database)
    assert flags.is_simulated()


def test_the_mark_is_not_taken_off(opened: str) -> None:
    flags.mark_simulated()
    with pytest.raises(StoreError, match="a mark is never deleted"):
        raw("DELETE FROM database_mark")
    assert flags.is_simulated()


@pytest.mark.parametrize("simulated", [True, False])
def test_a_copy_is_what_the_original_is(simulated: bool, database: str, tmp_path: Path) -> None:
    store.open_store(f"sqlite:///{tmp_path}/original.db")
    a_container()
    if simulated:
        flags.mark_simulated()
    copying.copy_to(database, ANNA)
    store.open_store(database)
    assert flags.is_simulated() is simulated
