"""Law 1, in the source itself: there is exactly one place from which a guest can be destroyed.

The package is read as syntax, not searched as text: a call is found under any name it is imported or reached by.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import proximity_tui
from proximity_tui.core.proxmox import client, paths
from proximity_tui.core.proxmox.errors import InvalidName
from proximity_tui.core.proxmox.transport import http
from proximity_tui.core.proxmox.writes import guest_writes

PACKAGE = Path(proximity_tui.__file__).parent
GATEWAY = PACKAGE / "core" / "proxmox"
GATEWAY_CLASSES = (
    *("ClusterConnection", "ClusterReads", "GuestReads", "StorageReads", "HttpSession"),
    *("ClusterWrites", "GuestWrites", "StorageWrites", "CreationWrites", "PveClient"),
)
HTTP = {"proxmoxer", "requests", "urllib3", "httpx", "aiohttp"}


def modules(folder: Path) -> Iterator[tuple[Path, ast.Module]]:
    """Every module of the program; the simulator is Proxmox's side of the wire and not part of it."""
    for path in sorted(folder.rglob("*.py")):
        if PACKAGE / "simulator" not in path.parents:
            yield path, _parsed(path)


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions_around(tree: ast.Module, wanted: ast.AST) -> list[ast.FunctionDef]:
    """The functions that a node stands in, outermost first."""
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and any(part is wanted for part in ast.walk(node))
    ]


def reaches_for_delete(node: ast.AST) -> bool:
    """Whether `node` names the HTTP method: an attribute `.delete`, or the word in a text (`getattr`, `request`)."""
    if isinstance(node, ast.Attribute):
        return node.attr.lower() == "delete"
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.lower() == "delete"


def imported(node: ast.AST) -> list[str]:
    """The modules that a statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def test_only_the_gateway_can_speak_http_at_all():
    strays = {
        f"{path.stem}: {name}"
        for path, tree in modules(PACKAGE)
        if GATEWAY not in path.parents
        for node in ast.walk(tree)
        for name in imported(node)
        if name.partition(".")[0] in HTTP or name == "http.client"
    }
    # Sentry's own client reads how Sentry answered; it has no way to Proxmox.
    assert {stray for stray in strays if not stray.startswith("sentry_client: urllib3.response")} == set()


def reaches_inside(node: ast.AST) -> bool:
    """Whether `node` takes the session out of something else, imports it, or inherits the gateway."""
    if isinstance(node, ast.Attribute):
        own = isinstance(node.value, ast.Name) and node.value.id == "self"
        return node.attr in ("_session", "_api", "_connections") and not own
    if isinstance(node, ast.ClassDef):
        return any(ast.unparse(base).rpartition(".")[2] in GATEWAY_CLASSES for base in node.bases)
    return bool(set(imported(node)) & {http.__name__})


def test_nobody_outside_the_gateway_reaches_for_its_session():
    reaching = [
        f"{path.name}:{node.lineno}"  # type: ignore[attr-defined]
        for path, tree in modules(PACKAGE)
        if GATEWAY not in path.parents
        for node in ast.walk(tree)
        if reaches_inside(node)
    ]
    assert reaching == []


def test_the_gateway_names_the_method_only_where_it_is_defined_and_where_it_is_used():
    places = [
        (path.stem, functions_around(tree, node)[-1].name if functions_around(tree, node) else "")
        for path, tree in modules(GATEWAY)
        for node in ast.walk(tree)
        if reaches_for_delete(node)
    ]
    assert sorted(places) == [
        ("client", "destroy"),  # the method named for the error about its answer
        ("client", "destroy"),  # the one call
        ("guest_writes", "change_config"),  # the parameter with the settings that a change removes
        ("guest_writes", "delete_snapshot"),  # the method named for the error about its answer
        ("guest_writes", "delete_snapshot"),  # of a snapshot, whose path is no guest's: see below
        ("http", "delete"),  # the transport
        ("paths", "spoken"),  # the words for it
    ]


def test_what_deletes_a_snapshot_has_no_path_to_a_guest():
    tree = ast.parse(Path(guest_writes.__file__).read_text(encoding="utf-8"))
    (deleting,) = {
        functions_around(tree, node)[-1]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and reaches_for_delete(node.func)
    }
    (call,) = [node for node in ast.walk(deleting) if isinstance(node, ast.Call) and reaches_for_delete(node.func)]
    assert ast.unparse(call.args[0]) == "path"
    (made,) = [node for node in ast.walk(deleting) if isinstance(node, ast.Assign)]
    assert ast.unparse(made) == "path = paths.snapshot(permit.node, permit.vmid, name)"


@pytest.mark.parametrize("name", ["", ".", "..", "a", "../../101", "base/..", "x" * 41, None, 5])
def test_the_path_of_a_snapshot_always_ends_in_the_name_of_one(name):
    assert paths.snapshot("pve1", 101, "base") == "/nodes/pve1/lxc/101/snapshot/base"
    with pytest.raises(InvalidName, match="not the name of a snapshot"):
        paths.snapshot("pve1", 101, name)


def test_no_method_is_chosen_at_run_time_except_by_the_transport():
    calls = [(path, node) for path, tree in modules(GATEWAY) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    chosen = [
        path.stem
        for path, call in calls
        if ast.unparse(call.func) in ("getattr", "eval", "exec")
        and not all(isinstance(argument, ast.Constant) for argument in call.args[1:2])
    ]
    assert chosen == ["thread_connections"]


def test_the_one_call_takes_a_permit_and_spends_it_first():
    tree = ast.parse(Path(client.__file__).read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and reaches_for_delete(node.func)]
    assert len(calls) == 1
    (destroy,) = functions_around(tree, calls[0])
    annotations = {arg.arg: ast.unparse(arg.annotation) for arg in destroy.args.args if arg.annotation}
    assert annotations["permit"] == "DestroyPermit"
    spends = [
        node for node in ast.walk(destroy)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "permit.spend"
    ]  # fmt: skip
    assert len(spends) == 1
    assert spends[0].lineno < calls[0].lineno
    # A statement of the function itself, so that no branch leads around it.
    assert any(isinstance(step, ast.Expr) and step.value is spends[0] for step in destroy.body)


def test_what_is_destroyed_is_named_by_the_permit_alone():
    tree = ast.parse(Path(client.__file__).read_text(encoding="utf-8"))
    destroy = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "destroy")
    assert [argument.arg for argument in destroy.args.args + destroy.args.kwonlyargs] == ["self", "permit"]
    assert "paths.guest(permit.node, permit.vmid)" in ast.unparse(destroy)


def sends(node: ast.AST) -> bool:
    """Whether `node` is a call of the session that changes something."""
    return isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
        ("session.post", "session.put", "session.delete", "session._write")
    )


def test_everything_that_writes_is_the_client_or_in_the_folder_of_its_writes():
    writers = {path for path, tree in modules(GATEWAY) for node in ast.walk(tree) if sends(node)}
    assert writers
    assert {path.relative_to(GATEWAY).parts[0] for path in writers} == {"client.py", "writes"}


def test_every_function_of_the_client_that_sends_something_takes_a_permit_and_spends_it():
    classes = [
        node
        for path, tree in modules(GATEWAY)
        if path.stem != "http"
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and node.name != "ClusterWrites"
    ]
    senders = [
        method
        for one in classes
        for method in one.body
        if isinstance(method, ast.FunctionDef)
        and any(sends(node) or ast.unparse(node) == "self._post" for node in ast.walk(method))
    ]
    assert len(senders) >= 8
    assert [one.name for one in senders if "permit.spend(" not in ast.unparse(one)] == []
