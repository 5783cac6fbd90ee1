"""A dialog for several records says why a choice is possible for none of them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from proximity_tui.screens.batch.record_batch import RecordBatchDialog

EACH = "Possible for none of them: each row has its own reason."


@pytest.mark.parametrize(
    ("outcomes", "told"),
    [
        (["skipped: prod is frozen"] * 2, "Possible for none of them: prod is frozen."),
        (["skipped: prod is frozen", "skipped: adopted", "skipped: protected"], EACH),
        ([], "Possible for none of them: there is none."),
    ],
)
def test_a_reason_is_said_only_where_it_is_that_of_all(outcomes: list[str], told: str) -> None:
    items = {
        str(number): SimpleNamespace(is_read=lambda choice: True, outcome=lambda choice, text=text: (text, "warn"))
        for number, text in enumerate(outcomes)
    }
    dialog = cast(Any, SimpleNamespace(items=items))
    assert RecordBatchDialog.why_none(dialog, "hard") == told
