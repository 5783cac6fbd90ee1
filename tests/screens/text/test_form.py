"""A form reads each field by itself, and what is wrong with one is true."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from proximity_tui.screens.create.clone_form import FIELDS as CLONE
from proximity_tui.screens.create.clone_form import MORE as CLONE_MORE
from proximity_tui.screens.create.create_form import FIELDS as CREATE
from proximity_tui.screens.create.create_form import MORE as CREATE_MORE
from proximity_tui.screens.create.create_form import read_form
from proximity_tui.screens.restore.place_form import CONNECTED
from proximity_tui.screens.restore.place_form import FIELDS as RESTORE
from proximity_tui.screens.text.form import LABEL, Field, read_fields

COUNTED = Field("n", "number", number=True)


def read(text: str) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    return read_fields([COUNTED], {"n": text}, lambda field, value: value)


@pytest.mark.parametrize(("text", "number"), [("7", 7), (" 7 ", 7), ("99999999999", 99999999999), ("-4", -4)])
def test_a_number_is_a_number_however_large_it_is(text: str, number: int) -> None:
    assert read(text) == ({"n": number}, {})


@pytest.mark.parametrize("text", ["many", "1.5", "½", "１２", "--4", "-", "4 4"])
def test_what_is_no_whole_number_is_called_so(text: str) -> None:
    assert read(text) == ({}, {"n": f"{text!r} is not a whole number"})


@pytest.mark.parametrize("text", ["99999999999", "-4"])
@pytest.mark.parametrize("name", [field.id for field in (*CREATE, *CREATE_MORE) if field.number])
def test_a_number_that_is_out_of_bounds_is_told_the_bounds(name: str, text: str) -> None:
    typed = {field.id: field.value for field in (*CREATE, *CREATE_MORE)}
    problems = read_form({**typed, "hostname": "app1", "template": "local:vztmpl/a.tar.zst", name: text}, start=True)
    assert isinstance(problems, dict)
    assert set(problems) == {name}
    assert "whole number" not in problems[name]


def test_no_label_touches_its_field() -> None:
    fields = (*CREATE, *CREATE_MORE, *CLONE, *CLONE_MORE, *RESTORE, *CONNECTED)
    assert max(len(field.label) for field in fields) < LABEL
