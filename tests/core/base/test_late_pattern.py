"""A regular expression that is compiled when it is first used."""

import re

import pytest

from proximity_tui.core.base.late_pattern import late_pattern


def test_it_is_compiled_once_with_its_flags() -> None:
    pattern = late_pattern("a.c", re.IGNORECASE)
    assert pattern().fullmatch("ABC")
    assert pattern() is pattern()


def test_a_wrong_one_fails_when_it_is_used() -> None:
    pattern = late_pattern("(")
    with pytest.raises(re.error):
        pattern()
