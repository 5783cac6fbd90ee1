"""What the screen costs, beside a program of the usual packages: the small version of `make bench`.

Only ratios of bytes that cannot be noise. Whoever changes how a list is drawn runs `make bench` for the times.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import screens
from bench.ours import Access, cluster, record_everything
from bench.screens import Contender, Figures

COUNT = 500


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Figures]]:
    """The figures of our program and of the plain one."""
    folder = tmp_path_factory.mktemp("performance")
    with pytest.MonkeyPatch.context() as changed, cluster(COUNT) as access:
        for name, value in (("REFRESHES", 3), ("REFRESH", 1.0), ("KEYS", screens.KEYS[:20])):
            changed.setattr(screens, name, value)
        record_everything(folder, COUNT)
        yield {one.name: screens.busy(one, access) for one in _two(folder, access)}


def _two(folder: Path, access: Access) -> list[Contender]:
    return [one for one in screens.contenders(folder, access) if one.name in ("ours", "plain")]


def test_a_refresh_in_which_everything_changed_writes_less_than_half_of_plain(measured: dict[str, Figures]) -> None:
    assert measured["ours"]["refresh_bytes"] < measured["plain"]["refresh_bytes"] / 2


def test_a_key_writes_less_than_a_plain_table(measured: dict[str, Figures]) -> None:
    assert measured["ours"]["busy_key_bytes"] < measured["plain"]["busy_key_bytes"]
