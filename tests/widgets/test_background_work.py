"""Work beside the messages of a screen."""

import re
import warnings
from pathlib import Path

from textual.app import App

import proximity_tui
from proximity_tui.widgets.background_work import in_background
from tests.support.until import until


async def test_what_is_cancelled_before_it_began_leaves_no_coroutine_behind() -> None:
    app, ran = App[None](), []

    async def work() -> None:
        ran.append(1)

    async with app.run_test() as pilot:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            for _ in range(2):
                in_background(app, work, exclusive=True)
            await until(pilot, lambda: ran and not len(app.workers))
    assert (ran, told) == ([1], [])


def test_no_work_is_given_to_textual_as_a_coroutine() -> None:
    modules = Path(proximity_tui.__file__).parent.rglob("*.py")
    assert [one.name for one in modules if re.search(r"\.run_worker\(", one.read_text())] == ["background_work.py"]
