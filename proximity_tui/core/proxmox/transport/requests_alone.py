"""The import of requests without the library that guesses the encoding of a text: loading it takes as long as all of
requests, and Proxmox answers in JSON, whose encoding nobody has to guess.

Imported before anything that uses requests.
"""

import sys
import warnings

_GUESSERS = ("charset_normalizer", "chardet")


def _import_alone() -> None:
    absent = [name for name in _GUESSERS if name not in sys.modules]
    # That is how Python notes down that a module cannot be imported; requests takes it for not installed.
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]
    try:
        with warnings.catch_warnings():
            # It says that it will not be able to guess.
            warnings.simplefilter("ignore")
            import requests  # noqa: F401
    finally:
        for name in absent:
            del sys.modules[name]


_import_alone()
