"""Requests is loaded without the library that guesses encodings, and says nothing of it."""

import subprocess
import sys

LOADED = """
import sys, proximity_tui.core.proxmox.client, requests
assert "charset_normalizer" not in sys.modules and "chardet" not in sys.modules
import charset_normalizer
response = requests.Response()
response._content = "zürich".encode()
assert response.text == "zürich"
"""


def test_nothing_guesses_encodings_and_whoever_wants_to_still_can() -> None:
    ran = subprocess.run([sys.executable, "-W", "always", "-c", LOADED], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
