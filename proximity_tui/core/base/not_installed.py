"""The import of a library without others that it would load with it, and that take as long as the library itself."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def not_installed(*names: str) -> Iterator[None]:
    """Have what is imported within it take these modules for not installed, unless they are loaded already. Whoever
    wants one later can still import it.
    """
    absent = [name for name in names if name not in sys.modules]
    # That is how Python notes down that a module cannot be imported.
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]
