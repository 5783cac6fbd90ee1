"""Times and values keep their meaning on the way to text and back."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proximity_tui.core.model import Action, Gap, Unread
from proximity_tui.core.store.db.fields import canonical, time_from_text, time_to_text, to_json
from proximity_tui.core.store.db.store_errors import StoreError


@dataclass(frozen=True)
class Pair:
    left: Any
    right: Any


def test_a_time_is_kept_as_fixed_width_utc_text() -> None:
    berlin = timezone(timedelta(hours=1))
    assert time_to_text(datetime(2026, 11, 23, 15, 30, tzinfo=berlin)) == "2026-11-23T14:30:00.000000Z"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        time_to_text(datetime(2026, 11, 23))


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01T00:00:00.000000Z"])
def test_a_text_that_is_no_time_is_named(text: str) -> None:
    with pytest.raises(StoreError, match="cannot be read"):
        time_from_text(text)


MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(9998, 1, 1), timezones=st.timezones())


@given(MOMENTS, MOMENTS)
def test_times_sort_as_text_as_they_do_as_times(one: datetime, other: datetime) -> None:
    assert time_from_text(time_to_text(one)) == one.astimezone(UTC)
    assert (time_to_text(one) < time_to_text(other)) == (one.astimezone(UTC) < other.astimezone(UTC))


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Action.SOFT_DELETE, "soft-delete"),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00.000000Z"),
        (date(2026, 1, 2), "2026-01-02"),
        (timedelta(seconds=90), 90.0),
        (frozenset({"b", "a"}), ["a", "b"]),
        ({Action.STOP: (1, None)}, {"stop": [1, None]}),
        (Pair(True, Pair(1.5, "x")), {"left": True, "right": {"left": 1.5, "right": "x"}}),
        (float("nan"), "nan"),
        (Gap(Unread.CONFIG, "403"), "config: 403"),
        (Path("/x"), "PosixPath('/x')"),
    ],
)
def test_values_become_plain_json(value: Any, plain: Any) -> None:
    assert to_json(value) == plain


def test_the_canonical_text_does_not_depend_on_the_order_of_keys() -> None:
    assert canonical({"b": 1, "a": "ö"}) == canonical({"a": "ö", "b": 1}) == '{"a":"\\u00f6","b":1}'
