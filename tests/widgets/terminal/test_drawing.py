"""What is queued for the terminal, and what is written when its turn comes."""

import io

import pytest
from textual._ansi_sequences import SYNC_END, SYNC_START

from proximity_tui.widgets.terminal.drawing import FRAME, WHOLE_FRAMES, Drawing

SIZE = (20, 4)


class Written(io.StringIO):
    """A file of which each reading empties it."""

    def taken(self) -> str:
        text = self.getvalue()
        self.seek(0)
        self.truncate()
        return text


def drawing() -> tuple[Drawing, Written]:
    file = Written()
    return Drawing(file), file


def frame(text: str, line: int = 1) -> str:
    return f"\x1b[{line};1H\x1b[1m{text}\x1b[0m\x1b[1;1H"


def test_of_frames_that_wait_for_the_terminal_only_the_newest_is_written() -> None:
    ours, file = drawing()
    queued = [ours.take(frame(text), SIZE) for text in ("first", "other", "third")]
    assert queued == [FRAME, None, None]
    ours.write(FRAME)
    assert file.taken() == "\x1b[H\x1b[1mthird\x1b[m\r"
    assert ours.take(frame("third"), SIZE) is FRAME
    ours.write(FRAME)
    assert file.taken() == ""


def test_what_is_no_frame_is_written_as_it_is_in_its_turn() -> None:
    ours, file = drawing()
    for text in ("\x1b[?1049h", "\x07", "\x1b]52;c;d2Vi\x07", FRAME[:]):
        assert ours.take(text, SIZE) == text
    ours.write("\x1b[?1049h")
    assert file.taken() == "\x1b[?1049h"


def test_a_frame_is_synchronized_where_the_terminal_can_and_an_empty_one_is_nothing() -> None:
    ours, file = drawing()
    for _ in range(2):
        assert ours.take(SYNC_START, SIZE) is None
        ours.take(frame("web"), SIZE)
        assert ours.take(SYNC_END, SIZE) is None
        ours.write(FRAME)
    assert file.taken() == f"{SYNC_START}\x1b[H\x1b[1mweb\x1b[m\r{SYNC_END}"


def test_all_is_written_again_after_other_programs_and_at_another_size() -> None:
    ours, file = drawing()
    ours.take(frame("web"), SIZE)
    ours.write(FRAME)
    first = file.taken()
    assert ours.repaint() is FRAME
    ours.write(FRAME)
    assert file.taken() == first
    # The thread that was to write it has ended; the next one writes it.
    ours.take(frame("ct9"), SIZE)
    ours.restart()
    assert ours.take(frame("ct1"), SIZE) is FRAME
    ours.write(FRAME)
    assert file.taken() == first.replace("web", "ct1")
    ours.take(frame("ct1"), (30, 4))
    ours.write(FRAME)
    assert file.taken() == first.replace("web", "ct1")


def test_a_frame_that_is_not_understood_is_written_as_it_is_and_the_next_one_whole() -> None:
    ours, file = drawing()
    ours.take(frame("web"), SIZE)
    ours.write(FRAME)
    file.taken()
    strange = frame("\x1b]8;;https://pve1\x1b\\web\x1b]8;;\x1b\\")
    assert ours.take(strange, SIZE) == strange
    ours.take(frame("web"), SIZE)
    ours.write(FRAME)
    assert "web" in file.taken()


def test_a_person_can_have_frames_written_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(WHOLE_FRAMES, "1")
    ours, _ = drawing()
    for text in (SYNC_START, frame("web"), frame("web"), SYNC_END):
        assert ours.take(text, SIZE) == text
