"""The bar of a share: what is in use is never drawn as nothing, and what is not full never as full."""

import pytest

from proximity_tui.screens.presentation.cluster import bar
from proximity_tui.widgets.glyphs import ASCII, UNICODE


@pytest.mark.parametrize(
    ("share", "drawn"),
    [
        (0.0, "░░░░░░░░░░"),
        (0.001, "█░░░░░░░░░"),
        (0.45, "████░░░░░░"),
        (0.999, "█████████░"),
        (1.0, "██████████"),
        (1.2, "██████████"),
    ],
)
def test_a_bar_does_not_lie(share: float, drawn: str) -> None:
    assert bar(share, 10, UNICODE) == drawn


def test_a_bar_is_drawn_without_unicode_too() -> None:
    assert bar(0.5, 4, ASCII) == "##.."
