"""The folders of the user: where `platformdirs` has them, without loading it."""

from pathlib import Path
from typing import Literal

import platformdirs
import pytest

from proximity_tui.config.user_paths import user_folder


@pytest.mark.parametrize("kind", ["config", "data", "state"])
@pytest.mark.parametrize("named", [None, "/srv/files", "relative", ""])
@pytest.mark.parametrize("home", ["/home/ben", "relative", ""])
def test_a_folder_is_where_platformdirs_has_it(
    kind: Literal["config", "data", "state"], named: str | None, home: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", home)
    if named is None:
        monkeypatch.delenv(f"XDG_{kind.upper()}_HOME", raising=False)
    else:
        monkeypatch.setenv(f"XDG_{kind.upper()}_HOME", named)
    expected: Path = getattr(platformdirs, f"user_{kind}_path")("proximity-tui", appauthor=False)
    assert user_folder(kind) == expected
