"""The learning of a form: it fills itself in with what there is, and with what the cluster offers, as a person types.

Nothing that was typed is overwritten. What is planned and agreed to is `form_dialog`'s.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Generic

from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.screens.base.following_dialog import FollowingDialog
from proximity_tui.screens.request.request_form import P, PlannedForm, R
from proximity_tui.screens.text.form import Form
from proximity_tui.screens.text.lines import TextLine
from proximity_tui.widgets.background_work import in_background


class LearningDialog(FollowingDialog[None], Generic[R, P]):
    """A dialog with a form that learns. A subclass draws it in `_show`."""

    def __init__(self, form: PlannedForm[R, P]) -> None:
        super().__init__()
        self._request = form
        self._verb = form.VERB
        self._form = Form(self._verb, form.fields, form.MORE)
        self._known = form.known
        self._chosen = form.chosen
        self._trouble = ""
        self._is_unlearnt = False
        """Whether what should be known first could not be read."""
        self._not_offered = ""
        """Why it cannot be read what the cluster offers."""
        self._asks_for_offer = False
        """Whether the cluster is being asked what it offers."""
        self._learnt = asyncio.Event()
        """Set once what should be known first is known, or cannot be."""

    @property
    def followed(self) -> Sequence[int]:
        return self._request.followed

    def _show(self) -> None:
        """Draw everything again; only changes are painted."""
        raise NotImplementedError

    def _start_to_learn(self) -> None:
        """Offer what is offered without asking, and begin to ask."""
        for name, there in self._request.offered.items():
            self._form.offer(name, there)
        in_background(self, self._learn, group="learn")

    def _read_again(self) -> None:
        """Read what could not be read when the form was opened: the cluster may answer by now. What is being read is
        not asked for a second time.
        """
        if self._is_unlearnt and self._learnt.is_set():
            self._learnt.clear()
            in_background(self, self._learn, group="learn")
        elif self._not_offered and self._request.cluster is not None:
            self._ask_for_offer(self._request.cluster)

    def _ask_for_offer(self, cluster: str) -> None:
        if not self._asks_for_offer:
            self._asks_for_offer = True
            in_background(self, partial(self._read_offer, cluster), group="offer")

    @property
    def known_lines(self) -> Sequence[TextLine]:
        """What there is to say above the fields. What cannot be read is said once: an outage keeps both from being
        read.
        """
        if self._is_unlearnt or not self._not_offered:
            return self._known
        return [*self._known, [(self._not_offered, "bad")]]

    async def _learn(self) -> None:
        """Learn what should be known first; then plans are made."""
        try:
            await self._learn_all()
        finally:
            self._learnt.set()

    async def _learn_all(self) -> None:
        """Go on from what is known to what is known next, and ask for the offer as soon as the cluster is known."""
        controller, offered = self.app.controller, False
        while True:
            if self._request.cluster is not None and not offered:
                offered = True
                self._ask_for_offer(self._request.cluster)
            try:
                more = await controller.ask(self._request.learn, controller.context.engine)
            except (ProxmoxError, StoreError, ValueError) as error:
                self._known, self._is_unlearnt = [[(str(error), "bad")]], True
                more = None
            else:
                self._is_unlearnt = False
                if more is not None:
                    self._request, self._known = more, more.known
                    self._chosen |= more.chosen
                    self._fill(more.present)
            self._show()
            if more is None:
                return

    def _fill(self, present: Mapping[str, str]) -> None:
        """Fill in what there is already; a field that a person was faster with stays as it is."""
        for name, text in present.items():
            self._form.suggest(name, text)

    async def _read_offer(self, cluster: str) -> None:
        """Fill in what the cluster offers; the form can be filled in meanwhile."""
        controller = self.app.controller
        try:
            client = controller.context.clients.get(cluster)
            offer = await controller.ask(self._request.read_offer, client) if client is not None else {}
        except ProxmoxError as error:
            self._not_offered = f"What {cluster} offers cannot be read: {error}"
            self._show()
            return
        finally:
            self._asks_for_offer = False
        self._not_offered = ""
        self._show()
        for field in (*self._request.fields, *self._request.MORE):
            there = offer.get(field.id, ())
            if there:
                self._form.offer(field.id, there)
            if there and not field.optional:
                self._form.suggest(field.id, next(iter(there)))
