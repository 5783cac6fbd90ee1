"""The form that changes one container: it shows the present values, and asks for what differs from them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field as attribute
from dataclasses import replace
from typing import Any, ClassVar

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.changing.change_rules import check_requests
from proximity_tui.core.doctrine.actions.changing.requests import SettingRequest
from proximity_tui.core.doctrine.actions.changing.settings import differences, without_marker
from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.model import Container, GuestDetail, Plan, Refusal
from proximity_tui.core.model.actions.plan_options import ChangeOptions
from proximity_tui.core.model.guests.guest_config import ROOT, is_on, named_properties, tags
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.store.records import records
from proximity_tui.screens.request.request_form import ContainerForm
from proximity_tui.screens.text.form import Field
from proximity_tui.screens.text.lines import TextLine

FIELDS = (
    Field("hostname", "name", optional=True),
    Field("tags", "tags", optional=True, hint="several: with spaces"),
    Field("cores", "cores", optional=True, hint="empty: all of the node"),
    Field("memory", "memory MiB", optional=True, hint="512, or 2G"),
    Field("swap", "swap MiB", optional=True, hint="512, or 2G"),
    Field("disk", "disk", optional=True, hint="larger: 12G, or +4G"),
    Field("bridge", "bridge", optional=True, offered=True, hint="of net0"),
    Field("tag", "VLAN tag", optional=True, hint="empty: none"),
    Field("ip", "address", optional=True, hint="dhcp, or 10.0.0.5/24"),
    Field("gw", "gateway", optional=True, hint="empty: none"),
)
"""In the order of the form; the ids are settings, or properties of the first network card."""

MORE = (
    Field("description", "note", optional=True, hint=r"\n is a new line"),
    Field("startup", "start order", optional=True, hint="order=1,up=30"),
    Field("nameserver", "DNS", optional=True, hint="empty: as the node"),
    Field("searchdomain", "domain", optional=True, hint="empty: as the node"),
)

CARD = "net0"
_OF_THE_CARD = frozenset({"bridge", "tag", "ip", "gw"})
_SWITCHES = ("onboot", "protection")


@value_object
class EditForm(ContainerForm[tuple[SettingRequest, ...]]):
    """The settings of a container, and what was typed over them. Without a `config` it was not inspected yet."""

    VERB: ClassVar[str] = "change"
    FIELDS: ClassVar[Sequence[Field]] = FIELDS
    MORE: ClassVar[Sequence[Field]] = MORE
    CHOICES: ClassVar[Mapping[str, str]] = {"onboot": "start at boot", "protection": "protected against removal"}

    DOES: ClassVar[str] = "Change"

    config: Mapping[str, Any] | None = None
    present: Mapping[str, str] = attribute(default_factory=dict)

    def choice(self, name: str) -> tuple[str, bool]:
        """Return that a choice can be made once its present state is known."""
        return "", self.config is not None

    def read(self, typed: Mapping[str, str], chosen: Collection[str]) -> tuple[SettingRequest, ...] | dict[str, str]:
        if self.config is None:
            return {"hostname": "its config is not read yet"}
        requested, problems = [], {}
        for name, text in typed.items():
            if text.strip() == self.present.get(name, "").strip():
                continue
            found = _requested(name, text.strip(), self.config)
            refused = check_requests(found, self.config)
            if refused is not None:
                problems[name] = refused.reason
            requested += found
        requested += [
            SettingRequest(name, str(int(name in chosen)))
            for name in _SWITCHES
            if (name in chosen) != (name in self.chosen)
        ]
        return problems or tuple(requested)

    def read_offer(self, client: PveClient) -> Mapping[str, Sequence[str]]:
        """Return the bridges of the node."""
        return {"bridge": client.bridges(self.record.node)} if self.record is not None and self.record.node else {}

    def inspect(self, engine: Engine, record: Container) -> EditForm | None:
        """Read the config of its guest, whose values fill the fields; None where it was read already.

        Raises ValueError with the sentence where it cannot be read.
        """
        if self.config is not None:
            return None
        seen = engine.inspect(record)
        if seen is None:
            raise ValueError(refusals.no_guest_to_ask(record).reason)
        if not isinstance(seen, GuestDetail) or seen.config is None:
            if isinstance(seen, GuestDetail):
                raise ValueError(refusals.config_unread(seen).reason)
            raise ValueError(f"Its config cannot be read: {seen.reason}")
        on = frozenset(name for name in _SWITCHES if is_on(seen.config, name))
        there: TextLine = [(f"{seen.status} on {seen.node}", "dim")]
        return replace(self, config=seen.config, chosen=on, known=[there], present=_present(seen.config))

    def plan(self, engine: Engine, request: tuple[SettingRequest, ...]) -> Plan | Refusal:
        """Return the plan from the record as it is now, and another inspection of its guest."""
        return engine.plan_settings(records.get(self.container_id), request)

    def effect(self, plan: Plan) -> list[TextLine]:
        """Return the plan as a difference, a line a setting."""
        options = plan.carries(ChangeOptions)
        lines = [line for change in options.changes for line in differences(change)]
        lines += [f"{one.disk} {one.before} \N{RIGHTWARDS ARROW} {one.size}" for one in options.growth]
        return [[(line, "accent")] for line in lines]


def _requested(name: str, text: str, config: Mapping[str, Any]) -> list[SettingRequest]:
    """Return what a field asks for, the field itself last. A card that is not there yet gets its name first."""
    if name not in _OF_THE_CARD:
        return [SettingRequest(name, text.replace(r"\n", "\n") if name == "description" else text)]
    named = [] if CARD in config else [SettingRequest(CARD, "eth0", part="name")]
    return [*named, SettingRequest(CARD, text, part=name)]


def _present(config: Mapping[str, Any]) -> dict[str, str]:
    """Return the text of each field for a config."""
    card, disk = named_properties(config.get(CARD)), named_properties(config.get(ROOT))
    plain = ("hostname", "cores", "memory", "swap", "startup", "nameserver", "searchdomain")
    found = {name: str(config[name]) for name in plain if name in config}
    found |= {name: card[name] for name in _OF_THE_CARD if name in card}
    found["tags"] = " ".join(tags(config.get("tags")))
    found["disk"] = disk.get("size", "")
    found["description"] = without_marker(str(config.get("description", ""))).replace("\n", r"\n")
    return found
