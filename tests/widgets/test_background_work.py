"""Work beside the messages of a screen."""

import warnings

from textual.app import App

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
