"""The wizard to connect a cluster: see its certificate, trust it and check the token, write it down.

Not a byte of HTTP goes to a server before the second step, and nothing is written before the third.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from enum import Enum
from functools import partial
from typing import ClassVar, TypeVar

from textual import events, on
from textual._time import get_time
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from proximity_tui.config.config_errors import ConfigError
from proximity_tui.config.schema import CertificateAuthority, PinnedCertificate
from proximity_tui.connect import certificates, connect_request
from proximity_tui.connect.connect_request import ConfigPlace, ConnectRequest
from proximity_tui.core.base.daemon_threads import DaemonExecutor
from proximity_tui.core.base.text import UNEXPECTED
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.doctor.check_result import ClusterFacts
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.connect.connect_form import FIELDS, TypedForm, read_form
from proximity_tui.screens.connect.connect_text import ca_file_lines, compare_lines, state_lines, write_lines
from proximity_tui.screens.text.form import Form
from proximity_tui.screens.text.lines import Lines, TextLine
from proximity_tui.widgets.background_work import in_background
from proximity_tui.widgets.dialogs.dialog import Dialog
from proximity_tui.widgets.line_controls import LineButton

T = TypeVar("T")


class WizardStep(Enum):
    """The steps of the wizard; the value is the label of the step's button."""

    FORM = "Read the certificate"
    COMPARE = "t Trust it"
    WRITE = "w Save"


class ConnectScreen(Dialog[None]):
    """The wizard. `connected` is called with the name of the cluster once it is recorded."""

    DEFAULT_CSS = "ConnectScreen > DialogBox { width: 110; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "trust", "Trust it", show=False),
        Binding("w", "write", "Save", show=False),
    ]

    def __init__(self, where: ConfigPlace, connected: Callable[[str], None]) -> None:
        super().__init__()
        self._where = where
        self._connected = connected
        self._threads = DaemonExecutor("connect", 4)
        self._form = Form("connect", FIELDS)
        self._step = WizardStep.FORM
        self._shown_at = self._typed_at = get_time()
        self._busy = self._trouble = ""
        self._checked = self._warned = False
        self._asked: TypedForm | None = None
        self._trust: PinnedCertificate | CertificateAuthority | None = None
        """What the person is asked to trust, and then trusts."""
        self._compare: list[TextLine] = []
        self._request: ConnectRequest | None = None
        self._facts: ClusterFacts | None = None

    def compose_body(self) -> ComposeResult:
        """Yield the fields, then the results."""
        yield self._form
        yield Lines(id="connect-message")

    def compose_buttons(self) -> ComposeResult:
        """Yield the buttons for one step back, one step on."""
        yield LineButton("Back", id="connect-back")
        yield LineButton(WizardStep.FORM.value, agrees=True, id="connect-go")

    def on_mount(self) -> None:
        """Show the first step."""
        self._show()
        self._form.lead()

    def on_unmount(self) -> None:
        """Let the threads end; a call that hangs is left behind."""
        self._threads.shutdown()

    def action_cancel(self) -> None:
        """Go one step back and keep everything that was typed; leave from the first one, after a warning about the
        loss."""
        if self._busy and self._step is WizardStep.WRITE:
            return
        typed = any(self._form.typed().values())
        if self._busy or self._step is not WizardStep.FORM:
            self.workers.cancel_group(self, "connect")
            self._to_form()
        elif typed and not self._warned:
            self._warned = True
            self._trouble = "Nothing was written. Press esc again to close and discard what you typed."
            self._show()
        else:
            self.dismiss(None)

    def on_key(self, event: events.Key) -> None:
        """Remember when a key was typed: one that is older than the shown step does not confirm it."""
        self._typed_at = event.time

    def action_trust(self) -> None:
        """Trust, if that key was typed after the certificates were shown."""
        if self._typed_at >= self._shown_at:
            self._go_on_with_trust()

    def action_write(self) -> None:
        """Write it down, if that key was typed after the text to write was shown."""
        if self._typed_at >= self._shown_at:
            self._go_on_with_writing()

    def _go_on_with_trust(self) -> None:
        """Check the token with exactly the certificates that were shown: the person compared them."""
        asked, trust = self._asked, self._trust
        if self._step is WizardStep.COMPARE and not self._busy and asked is not None and trust is not None:
            self._request = connect_request.request_with_typed_secret(
                self._where, asked.name, asked.urls, trust, asked.token_id, asked.secret
            )
            self._begin(f"Reading the privileges of the token on {asked.name}.", partial(self._check, self._request))

    def _go_on_with_writing(self) -> None:
        if self._step is WizardStep.WRITE and not self._busy and self._request is not None and self._facts is not None:
            self._begin(f"Writing {self._where.path}.", partial(self._write, self._request, self._facts))

    @on(Form.FilledIn)
    def _filled_in(self) -> None:
        """Go one step on, as the button does: the one beside it would lead back."""
        go = self.query_one("#connect-go", LineButton)
        go.focus()
        self.press(go)

    @on(Input.Changed)
    def _typed(self) -> None:
        self._trouble = ""
        self._warned = False
        self._show()

    def press(self, button: LineButton) -> None:
        """Go one step on."""
        if self._step is WizardStep.COMPARE:
            self._go_on_with_trust()
        elif self._step is WizardStep.WRITE:
            self._go_on_with_writing()
        elif not self._busy:
            self._checked = True
            read = self._read()
            if isinstance(read, TypedForm):
                self._asked = read
                self._begin("Reading the certificate. No request is sent.", partial(self._read_certificate, read))
            else:
                self._form.lead(read)
                self._show()

    async def _read_certificate(self, asked: TypedForm) -> None:
        await self._call(connect_request.check_name, self._where, asked.name)
        if asked.ca_file is not None:
            self._trust = await self._call(connect_request.trust_in_authority, asked.ca_file)
            self._compare = ca_file_lines(self._trust.file)
        else:
            shown = await self._call(certificates.shown_by_all, asked.name, asked.urls)
            self._trust = connect_request.trust_in(shown)
            self._compare = compare_lines(shown)
        self._to(WizardStep.COMPARE)

    async def _check(self, request: ConnectRequest) -> None:
        self._facts = await self._call(certificates.read_facts, request.cluster)
        self._to(WizardStep.WRITE)

    async def _write(self, request: ConnectRequest, facts: ClusterFacts) -> None:
        await self._call(connect_request.write_down, self._where, request, facts)
        self.dismiss(None)
        self._connected(request.cluster.name)

    async def _call(self, function: Callable[..., T], *args: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: function(*args))

    def _begin(self, busy: str, step: Callable[[], Awaitable[None]]) -> None:
        self._busy, self._trouble = busy, ""
        self._show()
        in_background(self, partial(self._execute, step), group="connect")

    async def _execute(self, step: Callable[[], Awaitable[None]]) -> None:
        try:
            await step()
        except (ConfigError, ProxmoxError, StoreError) as error:
            self._to_form(str(error))
        except Exception:
            self._to_form(f"{UNEXPECTED.capitalize()}. Nothing was written.")
            raise

    def _to_form(self, trouble: str = "") -> None:
        self._trouble = trouble
        self._request = self._facts = None
        self._to(WizardStep.FORM)

    def _to(self, step: WizardStep) -> None:
        self._busy, self._step, self._shown_at = "", step, get_time()
        self._show()
        # A key too many must neither trust nor write anything: that is one deliberate step to the right.
        if step is WizardStep.FORM:
            self._form.lead()
        else:
            self.query_one("#connect-back").focus()
        self.body.scroll_home(animate=False)

    def _read(self) -> TypedForm | dict[str, str]:
        return read_form(self._form.typed())

    @unless_unmounted
    def _show(self) -> None:
        number = list(WizardStep).index(self._step) + 1
        self.show_title(f"Connect a cluster, step {number} of {len(WizardStep)}")
        read = self._read() if self._checked else None
        self._form.show_problems(read if isinstance(read, dict) else {})
        self._form.display = self._step is WizardStep.FORM
        self.query_one("#connect-message", Lines).set_text(self._message_lines())
        self.query_one("#connect-go", LineButton).relabel(self._go())

    def _go(self) -> str:
        by_authority = self._step is WizardStep.FORM and self._form.typed()["ca_file"].strip()
        return "Read the CA file" if by_authority else self._step.value

    def _message_lines(self) -> list[TextLine]:
        lines: list[TextLine] = []
        if self._step is WizardStep.COMPARE:
            lines = list(self._compare)
        elif self._step is WizardStep.WRITE and self._facts is not None:
            lines = write_lines(self._facts, self._where.path)
        return [*lines, *state_lines(self._trouble, self._busy)]
