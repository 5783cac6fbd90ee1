"""The bytes of figures: small, right to a fraction of a percent, and never a reason to fail."""

from __future__ import annotations

import random
from array import array
from collections import Counter
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proximity_tui.core.model.guests.figures import FIGURES, PEAK, RATES, FigurePoint
from proximity_tui.core.store.figures import packing
from proximity_tui.core.store.figures.folding import DAYS_KEPT, HOURS_KEPT
from proximity_tui.core.store.figures.packing import (
    DAY_FIGURES,
    HOUR_FIGURES,
    MINUTES,
    QUARTERS,
    coarse,
    code_of,
    ids_after,
    pack,
    pack_minute,
    unpack,
    unpack_minute,
    value_of,
)
from tests.support.records.make import NOON

amounts = st.integers(0, 2**53)
shares = st.floats(0, 6)


@given(amounts, amounts)
def test_a_higher_amount_has_no_lower_code_and_a_code_is_right_to_a_thousandth(one: int, other: int) -> None:
    codes = code_of("mem", min(one, other)), code_of("mem", max(one, other))
    assert codes[0] <= codes[1]
    assert value_of("mem", code_of("mem", one)) == pytest.approx(one, rel=0.0005)
    assert value_of("mem", code_of("mem", None)) is None


@given(shares)
def test_a_share_of_cpu_is_right_to_a_hundredth_of_a_percent(share: float) -> None:
    assert value_of("cpu", code_of("cpu", share)) == pytest.approx(share, rel=0.0005, abs=0.00005)
    assert coarse("cpu", share) == pytest.approx(share, rel=0.016, abs=0.00005)


@given(st.lists(st.one_of(st.none(), amounts), min_size=MINUTES, max_size=MINUTES), st.data())
def test_a_block_keeps_every_column_and_what_is_not_known(values: list[int | None], data: st.DataObject) -> None:
    columns = {name: [None if value is None else float(value % 1000) for value in values] for name in HOUR_FIGURES}
    columns["cpu"] = [None if value is None else (value % 200) / 1000 for value in values]
    packed = pack(HOUR_FIGURES, columns)
    assert unpack(HOUR_FIGURES, MINUTES, packed) == columns
    one = data.draw(st.sampled_from(HOUR_FIGURES))
    assert unpack(HOUR_FIGURES, MINUTES, packed, {one}) == {one: columns[one]}


TOO_SHORT = pack(HOUR_FIGURES, {name: [1.0] for name in FIGURES})


@pytest.mark.parametrize("damaged", [b"", b"\x02abc", b"\x01abc", TOO_SHORT])
def test_of_a_damaged_block_everything_is_unknown(damaged: bytes) -> None:
    assert unpack(HOUR_FIGURES, MINUTES, damaged, {"cpu"}) == {"cpu": [None] * MINUTES}
    assert unpack_minute(damaged) == {}


def test_a_minute_has_each_container_with_its_limits() -> None:
    points = {7: FigurePoint(NOON, cpu=0.5, mem=1000, maxmem=2**30), 3: FigurePoint(NOON, disk=5, netin=12)}
    found = unpack_minute(pack_minute(points))
    assert list(found) == [3, 7]
    assert (found[7]["cpu"], found[7]["mem"], found[7]["maxmem"], found[7]["disk"]) == (0.5, 1000, 2**30, None)
    assert (found[3]["disk"], found[3]["netin"], found[3]["cpu"]) == (5, 12, None)
    assert list(unpack_minute(pack_minute(points), {3})) == [3]
    assert [list(ids_after(pack_minute(points), after, 1)) for after in (0, 3, 7)] == [[3], [7], []]


def test_a_few_of_many_are_unpacked_without_a_look_at_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    minute, looked = pack_minute({one: FigurePoint(NOON, cpu=0.5) for one in range(1, 5001)}), Counter[str]()

    class Seen(array):  # type: ignore[type-arg]
        def __getitem__(self, place):
            looked[self.typecode] += 1
            return super().__getitem__(place)

        def __iter__(self):
            looked[self.typecode] += len(self)
            return super().__iter__()

    monkeypatch.setattr(packing, "array", Seen)
    assert list(unpack_minute(minute, [17, 4711])) == [17, 4711]
    assert looked["Q"] < 100


def test_500_restless_containers_take_at_most_60_megabytes() -> None:
    """No value is like the one before: real containers take much less."""
    chance = random.Random(1)

    def columns(length: int, names: tuple[str, ...]) -> dict[str, list[float | None]]:
        cpu = [min(1.0, abs(chance.gauss(0.3, 0.1))) for _ in range(length)]
        disk = list(accumulate((1e6 * chance.random() for _ in range(length)), initial=5e9))[1:]
        mem = [1e9 * abs(chance.gauss(1, 0.2)) for _ in range(length)]
        rates = {name: [chance.lognormvariate(10, 2) for _ in range(length)] for name in RATES}
        made = {"cpu": cpu, "mem": mem, "disk": disk, **rates, PEAK: [1.5 * value for value in cpu]}
        return {name: [coarse(name, one) if PEAK in names else one for one in made[name]] for name in names}

    def average(length: int, names: tuple[str, ...]) -> float:
        return sum(len(pack(names, columns(length, names))) for _ in range(30)) / 30

    row = 50  # what a database keeps beside the bytes: ids, limits, and its place in the index
    hours = (HOURS_KEPT + 1) * (average(MINUTES, HOUR_FIGURES) + row)
    days = (DAYS_KEPT + 1) * (average(QUARTERS, DAY_FIGURES) + row)
    assert 500 * (hours + days) < 60e6
