"""The words of a start of the screens, read without a parser as the parser reads them."""

import subprocess
import sys

import pytest

from proximity_tui.cli import parse
from proximity_tui.commands.base.parser import UsageError
from proximity_tui.commands.setup.screen_words import screen_arguments


@pytest.mark.parametrize(
    "line",
    [
        "",
        "--config pve.toml",
        "--config=pve.toml",
        "--read-only",
        "--cluster prod --read-only --database sqlite:////tmp/x.db",
        "--config a.toml --config b.toml",
        "--database=x --cluster=a=b",
        "--config list",
    ],
)
def test_global_options_alone_are_read_as_the_parser_reads_them(line: str) -> None:
    found = screen_arguments(line.split())
    assert found is not None
    assert vars(found) == vars(parse(line.split()))


@pytest.mark.parametrize(
    "line",
    [
        "list",
        "--config x list",
        "--help",
        "--version",
        "--config",
        "--config=",
        "--database=",
        "--config --read-only",
        "--conf x",
        "-h",
        "--",
        "x",
    ],
)
def test_whatever_else_is_left_to_the_parser(line: str) -> None:
    assert screen_arguments(line.split()) is None


def test_an_option_that_nobody_knows_is_refused() -> None:
    with pytest.raises(UsageError):
        parse(["--colour"])


def test_the_screens_are_painted_without_a_parser() -> None:
    code = "import sys, proximity_tui.cli, proximity_tui.commands.setup.early_list; print('argparse' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
