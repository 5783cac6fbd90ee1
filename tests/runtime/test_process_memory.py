"""Threads share one heap where the C library can be told so, and nothing is different where it cannot. What closed
dialogs leave is freed in time.
"""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as xml

import pytest

from proximity_tui.runtime import process_memory

_HEAPS = """
import ctypes, threading
from proximity_tui.runtime.process_memory import limit_malloc_arenas
if {shared}:
    limit_malloc_arenas()
library = ctypes.CDLL(None)
filled = [threading.Thread(target=bytearray, args=(100_000,)) for _ in range(4)]
for one in filled:
    one.start()
for one in filled:
    one.join()
library.fdopen.restype = ctypes.c_void_p
told = ctypes.c_void_p(library.fdopen(1, b"w"))
library.malloc_info(0, told)
library.fflush(told)
"""


def heaps(*, shared: bool) -> int:
    """Return how many heaps a process has after four threads have allocated something."""
    program = [sys.executable, "-c", _HEAPS.format(shared=shared)]
    told = subprocess.run(program, capture_output=True, text=True, check=True).stdout
    return len(xml.fromstring(told).findall("heap"))


@pytest.mark.skipif(not hasattr(__import__("ctypes").CDLL(None), "malloc_info"), reason="not the GNU C library")
def test_threads_share_the_heap_of_the_first() -> None:
    assert heaps(shared=False) > 1
    assert heaps(shared=True) == 1


_CLOSED = """
import gc, weakref
from proximity_tui.runtime.process_memory import keep_loaded_objects
class Dialog:
    pass
keep_loaded_objects()
dialog = Dialog()
dialog.parent = dialog
closed = weakref.ref(dialog)
gc.collect(1)
del dialog
opened = [[] for _ in range({more})]
print(closed() is None)
"""


@pytest.mark.parametrize(("more", "freed"), [(100_000, False), (700_000, True)])
def test_a_closed_dialog_is_freed_after_half_a_million_new_objects(more: int, freed: bool) -> None:
    program = [sys.executable, "-c", _CLOSED.format(more=more)]
    told = subprocess.run(program, capture_output=True, text=True, check=True).stdout
    assert told.strip() == str(freed)


_READING = """
import gc
from proximity_tui.runtime.process_memory import keep_loaded_objects
keep_loaded_objects()
looked_through = [0]
def note(phase, about):
    if phase == "start" and about["generation"] == 1:
        looked_through.append(len(gc.get_objects(generation=0)) + len(gc.get_objects(generation=1)))
gc.callbacks.append(note)
rows = [[] for _ in range(200_000)]
print(max(looked_through))
"""


def test_while_a_long_list_is_read_python_looks_through_a_part_of_it_at_a_time() -> None:
    told = subprocess.run([sys.executable, "-c", _READING], capture_output=True, text=True, check=True).stdout
    assert 0 < int(told) < 25_000


_BETWEEN_KEYS = """
import gc
from proximity_tui.runtime import process_memory
process_memory.keep_loaded_objects()
gc.collect()
looks = []
gc.callbacks.append(lambda phase, about: looks.append(phase) if about["generation"] == 2 else None)
for number in range(process_memory.DUE + 1):
    process_memory.collect_while_nobody_waits()
    print(number, len(looks) // 2)
    gc.collect(1)
"""


def test_everything_is_looked_through_between_two_keys_before_it_would_be_during_one() -> None:
    told = subprocess.run([sys.executable, "-c", _BETWEEN_KEYS], capture_output=True, text=True, check=True).stdout
    assert told.split("\n")[-3:] == [f"{process_memory.DUE - 1} 0", f"{process_memory.DUE} 1", ""]
