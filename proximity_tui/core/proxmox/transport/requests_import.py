"""The import of requests without the library that guesses the encoding of a text: loading it takes as long as all of
requests, and Proxmox answers in JSON, whose encoding nobody has to guess.

Imported before anything that uses requests.
"""

import warnings

from proximity_tui.core.base.not_installed import not_installed

with not_installed("charset_normalizer", "chardet"), warnings.catch_warnings():
    # It says that it will not be able to guess.
    warnings.simplefilter("ignore")
    import requests  # noqa: F401
