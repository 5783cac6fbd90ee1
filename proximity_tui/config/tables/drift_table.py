"""The rules for drift: `[drift] alert = ["protection", "net*"]`. What fits no setting is an error."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

from proximity_tui.config.config_errors import Invalid
from proximity_tui.config.files.tables import TomlTable
from proximity_tui.core.base.text import did_you_mean
from proximity_tui.core.model.drift_rules import DriftRules

_MOUNT = "acl backup idmap keepattrs mountoptions mp quota replicate ro shared size volume"
_PROPERTIES = {
    "dev0": "deny-write gid mode path uid",
    "features": "force_rw_sys fuse keyctl mknod mount nesting",
    "mp0": _MOUNT,
    "net0": "bridge firewall gw gw6 host-managed hwaddr ip ip6 link_down mtu name rate tag trunks type",
    "rootfs": _MOUNT,
    "startup": "down order up",
    "unused0": "volume",
}
"""The settings that are property strings; of numbered ones the first."""
_PLAIN = (
    "arch cmode console cores cpulimit cpuunits debug description entrypoint env hookscript hostname lxc memory"
    " nameserver onboot ostype protection searchdomain swap tags template timezone tty unprivileged"
)
_SETTINGS = frozenset((*_PLAIN.split(), *_PROPERTIES))
_NUMBER = re.compile(r"\d+$")
_WILDCARD = re.compile(r"[*?\[]")


def read_drift(top: TomlTable) -> DriftRules:
    """Return the rules of a configuration."""
    table, default = top.table("drift", ("watch", "ignore", "alert")), DriftRules()
    return DriftRules(
        watch=table.read("watch", patterns, default.watch),
        ignore=table.read("ignore", patterns, default.ignore),
        alert=table.read("alert", patterns, default.alert),
    )


def patterns(value: object) -> tuple[str, ...]:
    """Return the patterns in a list of texts. Raises Invalid for one that fits no setting of a container."""
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Invalid('must be a list of settings or patterns, such as ["protection", "net*"]')
    for pattern in value:
        _check(pattern)
    return tuple(value)


def _check(pattern: str) -> None:
    setting, dot, rest = pattern.partition(".")
    if setting == "lxc":
        return
    fitting = [name for name in _SETTINGS if fnmatchcase(name, setting)]
    if not _WILDCARD.search(setting):
        first = _NUMBER.sub("0", setting)
        fitting = [first] if first in _SETTINGS else []
    if not fitting:
        raise _unknown(pattern, setting, {_NUMBER.sub("", name) or name for name in _SETTINGS} | _SETTINGS)
    properties = {name for one in fitting for name in _PROPERTIES.get(one, "").split()}
    if dot and not any(fnmatchcase(name, rest) for name in properties):
        raise _unknown(pattern, rest, properties)


def _unknown(pattern: str, word: str, known: Iterable[str]) -> Invalid:
    advice = did_you_mean(word, sorted(known), "it fits nothing", lambda near: pattern.replace(word, near, 1))
    return Invalid(f"has {pattern}, which is no setting of a container: {advice}")
