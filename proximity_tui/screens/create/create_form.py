"""The form for a new native container: what everybody fills in, and by a key what few need."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field as attribute
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from proximity_tui.config.config_errors import Invalid
from proximity_tui.config.files.private_file import read_small
from proximity_tui.core.base.secret import Secret
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.create.creation import check_request, download_line
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.engine.operations.outcome import Outcome
from proximity_tui.core.model import CreateRequest, NodeStatus, Plan, Refusal
from proximity_tui.core.model.actions.credentials import Credentials, read_password, read_ssh_keys
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.screens.request.request_form import RequestForm, names_or_none
from proximity_tui.screens.text.form import Field, read_fields
from proximity_tui.screens.text.lines import TextLine

DHCP = "dhcp"
NESTING = {"on": True, "off": False}

FIELDS = (
    Field("hostname", "hostname"),
    Field("template", "template", offered=True, hint="up, down: choose"),
    Field("node", "node", optional=True, offered=True, hint="empty: most free memory"),
    Field("storage", "storage", optional=True, offered=True, hint="empty: most free space"),
    Field("cores", "cores", "1", number=True),
    Field("memory_mib", "memory MiB", "512", number=True),
    Field("disk_gib", "disk GiB", "4", number=True),
    Field("port", "publish port", number=True, optional=True, hint="its own; empty: none"),
    Field("password", "password", optional=True, secret=True, hint="of root; not kept"),
    Field("keys", "SSH key", optional=True, hint="a .pub file, or the key"),
)
"""In the order of the form; the ids are those of a CreateRequest, and the access to it."""

MORE = (
    Field("vmid", "VMID", number=True, optional=True, hint="empty: lowest free"),
    Field("bridge", "bridge", optional=True, offered=True, hint="empty: vmbr0"),
    Field("vlan", "VLAN tag", number=True, optional=True, hint="empty: none"),
    Field("address", "address", DHCP, optional=True, hint="dhcp, or 10.0.0.5/24"),
    Field("gateway", "gateway", optional=True, hint="in the same network"),
    Field("address6", "IPv6", optional=True, hint="auto, dhcp, or 2001:db8::5/64"),
    Field("gateway6", "IPv6 gateway", optional=True, hint="in the same network, or fe80::1"),
    Field("dns", "DNS", optional=True, hint="empty: as the node"),
    Field("search_domain", "domain", optional=True, hint="empty: as the node"),
    Field("swap_mib", "swap MiB", number=True, optional=True, hint="empty: 512"),
    Field("tags", "tags", optional=True, hint="several: with spaces"),
    Field("pool", "pool", optional=True, offered=True, hint="empty: none"),
    Field("nesting", "nesting", optional=True, offered=True, hint="empty: where it is needed"),
)

_VALID_REQUEST = CreateRequest("local:vztmpl/any.tar.zst", "any")
"""A request without a problem: a field is checked by putting it in here."""

_ACCESS = ("password", "keys")
_LISTS = ("dns", "tags")
_GATEWAYS = ("gateway", "gateway6")


@value_object
class CreateInput:
    """What was typed: the request, and the access to the new container. `keys` is a file, or the keys themselves."""

    request: CreateRequest
    password: Secret | None = None
    keys: str = attribute(default="", repr=False)

    def credentials(self) -> Credentials:
        """Return the access to the new container. Reads the file; raises ValueError, which quotes nothing of it."""
        if not self.keys:
            return Credentials(self.password)
        # A path has no blank in it, where a key must have one.
        text = self.keys if " " in self.keys else read_small(Path(self.keys).expanduser())
        return Credentials(self.password, read_ssh_keys(text))


@value_object
class CreateForm(RequestForm[CreateInput]):
    """Everything that a new container can be given."""

    VERB: ClassVar[str] = "create"
    FIELDS: ClassVar[Sequence[Field]] = FIELDS
    MORE: ClassVar[Sequence[Field]] = MORE
    CHOICES: ClassVar[Mapping[str, str]] = {"start": "start after creation", "onboot": "start at boot"}

    cluster: str
    chosen: frozenset[str] = frozenset({"start"})
    known: Sequence[TextLine] = ()

    @property
    def heading(self) -> str:
        return f"New native container on cluster {self.cluster}"

    def read(self, typed: Mapping[str, str], chosen: Collection[str]) -> CreateInput | dict[str, str]:
        read = read_form(typed, start="start" in chosen, onboot="onboot" in chosen)
        text = typed.get("password", "")
        try:
            password = read_password(text) if text else None
        except ValueError as error:
            return {**(read if isinstance(read, dict) else {}), "password": str(error)}
        if isinstance(read, dict):
            return read
        return CreateInput(replace(read, password=password is not None), password, typed.get("keys", "").strip())

    def read_offer(self, client: PveClient) -> Mapping[str, Sequence[str] | Mapping[str, str]]:
        """Return the online nodes, and the offer of the first of them. A template that it can download has the command
        beside it.
        """
        nodes = [node.name for node in client.nodes() if node.status == NodeStatus.ONLINE]
        if not nodes:
            return {}
        storages = [storage.name for storage in client.storages(nodes[0]) if storage.active]
        # A storage that cannot be read hides no template of another.
        there = {template.volid: "" for template in client.templates(nodes[0], gaps=[])}
        return {
            "node": nodes,
            "template": {**there, **_downloads(client, nodes[0], there)},
            "storage": storages,
            "nesting": tuple(NESTING),
            "bridge": names_or_none(lambda: client.bridges(nodes[0])),
            "pool": names_or_none(client.pools),
        }

    def plan(self, engine: Engine, request: CreateInput) -> Plan | Refusal:
        """Return the plan; node, storage and VMID are chosen where the request leaves them open."""
        keys = len(request.credentials().ssh_keys)
        return engine.plan_create(self.cluster, replace(request.request, ssh_keys=keys))

    def execute(self, engine: Engine, plan: Plan, request: CreateInput) -> Outcome:
        return engine.create(plan, request.credentials())


def read_form(typed: Mapping[str, str], *, start: bool, onboot: bool = False) -> CreateRequest | dict[str, str]:
    """Return the request, or the problem of each field that has one."""
    fields = [field for field in (*FIELDS, *MORE) if field.id not in _ACCESS]
    values, problems = read_fields(fields, typed, _checked)
    if problems:
        return problems
    request = CreateRequest(start=start, onboot=onboot, **values)
    # By itself each field is right; a gateway depends on the address.
    if wrong := check_request(replace(request, address6=None, gateway6=None)):
        return {"gateway": wrong.reason}
    wrong = check_request(request)
    return request if wrong is None else {"gateway6": wrong.reason}


def _downloads(client: PveClient, node: str, there: Collection[str]) -> Mapping[str, str]:
    """Return what can be downloaded to a storage of the node, with the command that does; nothing where that cannot be
    read.
    """
    try:
        storages = [storage.name for storage in client.storages(node, "vztmpl") if storage.active]
        files = [one.template for one in client.details.downloads(node)] if storages else []
    except ProxmoxError:
        return {}
    found = {f"{storages[0]}:vztmpl/{file}": f"can be downloaded: {download_line(storages[0], file)}" for file in files}
    return {volume: hint for volume, hint in found.items() if volume not in there}


def _checked(field: Field, value: Any) -> Any:
    if field.id in _GATEWAYS:
        return value
    if field.id == "nesting":
        if value not in NESTING:
            raise Invalid(f"{value!r} is neither on nor off")
        return NESTING[value]
    if field.id in _LISTS:
        value = tuple(value.replace(",", " ").split())
    if field.id == "address" and value == DHCP:
        value = None
    wrong = check_request(replace(_VALID_REQUEST, **{field.id: value}))
    if wrong is not None:
        raise Invalid(wrong.reason)
    return value
