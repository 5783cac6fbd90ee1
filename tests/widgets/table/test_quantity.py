"""Figures in a filter, as a table of what is typed and what it finds."""

import pytest

from proximity_tui.widgets.table.filter import BadFilter, Fields, Filter, parse, searchable
from proximity_tui.widgets.table.quantity import Amount

KEYS = ("cpu", "mem", "disk", "uptime", "vmid", "port", "name")
M, G = 1 << 20, 1 << 30

FLEET: dict[str, Fields] = {
    "web": {
        "name": "web",
        "vmid": "101",
        "cpu": Amount(81.5),
        "mem": Amount(900 * M, 88.0),
        "disk": Amount(8 * G, 91.0),
        "uptime": Amount(1800.0),
        "port": ("8101", "80"),
    },
    "db": {
        "name": "db",
        "vmid": "120",
        "cpu": Amount(5.0),
        "mem": Amount(3 * G, 40.0),
        "disk": Amount(50 * G),
        "uptime": Amount(90000.0),
    },
    "off": {"name": "off", "vmid": "1010", "cpu": (), "mem": (), "disk": Amount(4 * G, 10.0), "uptime": ()},
}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("cpu:>80", "web"),
        ("cpu:>80%", "web"),
        ("cpu:<5", ""),
        ("cpu:<=5", "db"),
        ("cpu:5-90", "web db"),
        ("mem:>1G", "db"),
        ("mem:<1g", "web"),
        ("mem:>0.5G", "web db"),
        ("mem:>950MiB", "db"),
        ("mem:1G-4G", "db"),
        ("mem:>80%", "web"),
        ("disk:>90%", "web"),
        ("disk:<10G", "web off"),
        ("uptime:<1h", "web"),
        ("uptime:>1d", "db"),
        ("uptime:29m-30m30s", "web"),
        ("uptime:<1h,>1d", "web db"),
        ("!mem:>1G", "web off"),
        ("vmid:100-120", "web db"),
        ("vmid:>120", "off"),
        ("vmid:100-110,1010", "web off"),
        ("vmid:101", "web"),
        ("vmid:10*", "web off"),
        ("port:8000-8999", "web"),
        ("81.5", ""),
        ("cpu:>80 disk:>90%", "web"),
    ],
)
def test_a_figure_is_compared(text: str, names: str) -> None:
    understood = parse(text, KEYS)
    assert isinstance(understood, Filter), understood
    found = [name for name, fields in FLEET.items() if understood.matches(fields)]
    assert " ".join(found) == names


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("mem:1", "Write mem:>1G, mem:<512M, mem:1G-2G or mem:>90%."),
        ("mem:>1X", "mem:>1X is not understood"),
        ("mem:2G-1G", "mem:1G-2G"),
        ("mem:10%-1G", "mem:1G-2G"),
        ("cpu:>", "Write cpu:>80, cpu:<5 or cpu:10-50."),
        ("cpu:>1G", "cpu:>80"),
        ("uptime:<1", "Write uptime:<1h, uptime:>2d or uptime:30m-1h30m."),
        ("uptime:~1", "uptime:<1h"),
        ("vmid:100-", "Write vmid:100-120, vmid:>100 or vmid:<200."),
        ("vmid:>1%", "vmid:>100"),
    ],
)
def test_a_bad_figure_is_answered_with_the_right_form(text: str, form: str) -> None:
    answer = parse(text, KEYS)
    assert isinstance(answer, BadFilter)
    assert form in answer.reason


def test_only_figures_change_while_a_row_does_not() -> None:
    def is_live(text: str) -> bool:
        understood = parse(text, KEYS)
        assert isinstance(understood, Filter)
        return understood.is_live

    assert is_live("web mem:>1G")
    assert not is_live("web vmid:100-120")


def test_no_word_is_found_in_a_figure() -> None:
    assert searchable({"name": "web", "cpu": Amount(81.0), "mem": ()}) == "web"
