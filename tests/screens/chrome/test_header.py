"""The status line: one piece a cluster, what is wrong first, and a frame that never gives way."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from proximity_tui.core.engine.observe.poller import PollResult
from proximity_tui.core.model import BadRow, Quorum
from proximity_tui.core.proxmox.errors import Failure
from proximity_tui.core.store import safe_modes
from proximity_tui.screens.chrome.header import cluster_part, laid_out
from proximity_tui.screens.text.lines import Piece, width_of
from proximity_tui.widgets.glyphs import UNICODE
from tests.screens.stage import Stage
from tests.support.records.make import NOON, QUORATE, after, inventory
from tests.support.timing.until import screen_text, until

NOW = after(4)


def said(look: PollResult, now: datetime = NOW) -> str:
    return "".join(text for text, _ in cluster_part(look, now, UNICODE)[1])


def test_a_healthy_cluster_is_calm() -> None:
    assert said(PollResult("prod", inventory(quorum=QUORATE))) == "prod ● quorate 3/3  age <15s"


def test_a_standalone_host_needs_no_quorum() -> None:
    assert "● standalone" in said(PollResult("prod", inventory(quorum=Quorum(None, standalone=True))))


def test_without_quorum_it_is_said_in_words() -> None:
    lost = Quorum(False, nodes_online=1, nodes_total=3)
    assert "✖ NO QUORUM 1/3" in said(PollResult("prod", inventory(quorum=lost)))


def test_an_unreachable_cluster_says_since_when_and_how_old_its_last_answer_is() -> None:
    look = PollResult("lab", inventory(), "refused", Failure.UNREACHABLE, failing_since=NOON)
    words = said(look, NOON + timedelta(minutes=2))
    assert "lab ○ unreachable 2m" in words
    assert "age 2m" in words


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Failure.UNAUTHENTICATED, "token refused"),
        (Failure.CERTIFICATE, "certificate changed"),
        (Failure.DENIED, "forbidden"),
        (Failure.UNEXPECTED, "unexpected error"),
    ],
)
def test_different_troubles_are_different_words(kind: Failure, words: str) -> None:
    assert words in said(PollResult("lab", None, "why", kind, failing_since=NOON))


def test_what_was_not_handled_after_a_good_answer_is_told_beside_it() -> None:
    look = PollResult("prod", inventory(quorum=QUORATE), listener_error="a bug")
    assert "● quorate 3/3" in said(look)
    assert f"{UNICODE.warning} unexpected error, see the log" in said(look)


@pytest.mark.parametrize(("count", "words"), [(1, "1 row unreadable"), (3, "3 rows unreadable")])
def test_rows_that_were_set_aside_are_counted(count: int, words: str) -> None:
    rows = (BadRow("the list of guests", "its node cannot be read", "{}", 101),) * count
    assert words in said(PollResult("prod", replace(inventory(quorum=QUORATE), set_aside=rows)))


def test_a_slow_answer_is_mentioned() -> None:
    look = PollResult("prod", inventory(quorum=QUORATE), asking_since=NOON)
    assert "asking" not in said(look, after(4))
    assert "asking <45s" in said(look, after(40))


def test_a_certificate_that_is_not_checked_is_loud() -> None:
    part = cluster_part(PollResult("prod", inventory(quorum=QUORATE)), NOW, UNICODE, insecure=True)
    assert (" NOT VERIFIED", "bad") in part[1]


def test_where_room_is_scarce_trouble_and_frame_stay() -> None:
    calm = [cluster_part(PollResult(f"calm{n}", inventory(quorum=QUORATE)), NOW, UNICODE) for n in range(5)]
    trouble = cluster_part(PollResult("lab", None, "refused", Failure.UNREACHABLE, failing_since=NOON), NOW, UNICODE)
    line = "".join(text for text, _ in laid_out([*calm, trouble], [("[SIMULATED] ", "accent")], 80))
    assert len(line) == 80
    assert line.startswith(" lab ○ unreachable")
    assert "+5 more" in line or "+4 more" in line
    assert line.endswith("[SIMULATED] ")


def test_at_forty_columns_the_frame_is_still_there() -> None:
    part = cluster_part(PollResult("production-east", inventory(quorum=QUORATE)), NOW, UNICODE)
    line = "".join(text for text, _ in laid_out([part], [("[READ-ONLY] ", "warn"), ("[SIMULATED] ", "accent")], 40))
    assert len(line) == 40
    assert line.endswith("[READ-ONLY] [SIMULATED] ")


async def test_a_freeze_is_in_every_header_of_everybody(stage: Stage) -> None:
    async with stage.shown((120, 24)) as pilot:
        safe_modes.freeze("prod", "ben@jump2", "storage is being moved")
        for key in "125":
            await pilot.press(key)
            await until(pilot, lambda: "FROZEN: prod is frozen by ben@jump2" in screen_text(pilot.app))
        safe_modes.lift("prod", "ben@jump2")
        await until(pilot, lambda: "FROZEN" not in screen_text(pilot.app))


def test_wide_characters_never_push_the_frame_out_of_the_line() -> None:
    frozen: list[Piece] = [("FROZEN: 保守作業のため全ての変更を停止しています", "warn")]
    line = laid_out([(0, tuple(frozen))], [("[SIMULATED] ", "accent")], 40)
    assert width_of(line) == 40
    assert "".join(text for text, _ in line).endswith("… [SIMULATED] ")
