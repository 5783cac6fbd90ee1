"""The settings of a command."""

from argparse import Namespace
from pathlib import Path

import pytest

from proximity_tui.commands.base.command_context import settings_of
from proximity_tui.config.config_errors import NoConfiguration
from proximity_tui.config.load import load

CONFIGURATION = """
[clusters.lab]
url = "https://pve1:8006"
token_id = "tui@pve!one"
token_secret = { env = "SECRET" }
insecure = true
"""


def test_what_an_early_screen_loaded_is_not_read_again_but_used_only_once(tmp_path: Path) -> None:
    file = tmp_path / "proximity-tui.toml"
    file.write_text(CONFIGURATION)
    file.chmod(0o600)
    args = Namespace(config=file, database=None, read_only=None, cluster=None)
    args.loaded = load(file)
    file.unlink()
    assert list(settings_of(args).clusters) == ["lab"]
    with pytest.raises(NoConfiguration):
        settings_of(args)
