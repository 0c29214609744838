"""Phí khi tiếp nhận: what the tariff asks of the person at the counter, and what the officer has seen and collected."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from motcua.core.time import local_date
from motcua.foundation.documents.models import Document
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.operations.receiving import PartIn
from motcua.service.filing.costs import fee_of
from motcua.service.filing.models import Draft
from motcua.service.filing.operations.at_counter import Owed
from motcua.service.filing.operations.grouping import proves
from motcua.service.payments.models import PayerGroup
from motcua.service.payments.pricing import FeeQuestions
from motcua.service.procedures.models import Paper
from motcua.web.ui.fees import FeeAsked, fee_asked, read_quantities
from motcua.web.ui.forms import Form, Reader
from motcua.web.ui.pages import Page
from motcua.web.ui.wording import lower_first

COUNT = re.compile(r"[1-9][0-9]{0,5}")
PROOF = Paper(pk=0, name="Giấy chứng minh diện miễn, giảm phí")  # of no procedure: its scans are kept alike


@dataclass(frozen=True)
class Payer:
    """Người nộp, as far as the fee asks: how many of each unit, and the group whose paper the officer has seen."""

    quantities: Mapping[str, int]
    group: PayerGroup | None
    proof: str

    @property
    def code(self) -> str:
        return self.group.pk if self.group else ""


class Charging(Page):
    """What a page of the reception knows of the fee; the questions stand on it only where the tariff has them."""

    abstract = True
    permission = Permission.RECEIVE
    collected = "Đã thu"

    @property
    def tariff(self) -> FeeQuestions:
        """Mức thu của những gì đang tiếp nhận."""
        raise NotImplementedError

    @cached_property
    def payer_groups(self) -> list[PayerGroup]:
        return self.tariff.groups()

    def fee_context(self, typed: Mapping[str, Any], scans: Sequence[Document] = ()) -> dict[str, Any]:
        """The sum by what stands on the page, and the questions behind it."""
        said = {unit: str(typed.get(self.tariff.field_of(unit), "1")) for unit in self.tariff.units}
        quantities = {unit: int(text) for unit, text in said.items() if COUNT.fullmatch(text)}
        costs = self.tariff.costs(group=str(typed.get("group") or ""), quantities=quantities)
        return {
            "asked": self.fee_asked(quantities),
            "costs": costs if self.tariff.is_set else None,
            "fee": costs.total if self.tariff.is_set or not costs.open_names else "",
            "collected": self.collected,
            "proof": PROOF,
            "proof_scans": scans,
        }

    def fee_asked(self, quantities: Mapping[str, int]) -> FeeAsked:
        return fee_asked(self.tariff, self.payer_groups, units=self.tariff.units, quantities=quantities)

    def read_owed(self, reader: Reader) -> Owed | None:
        """What this person owes by the tariff; None where it asked nothing: then the officer says what was collected."""
        typed = self.request.POST
        if not typed.get("group") and "quantity-0" not in typed:
            return None
        payer = self.read_payer(reader)
        costs = self.tariff.costs(group=payer.code, quantities=payer.quantities)
        return Owed(costs, payer.group, payer.proof)

    def read_payer(self, reader: Reader) -> Payer:
        """Bao nhiêu, thuộc diện nào; who belongs to a group has shown the paper that the officer names."""
        known = {one.pk: one for one in self.payer_groups}
        quantities = read_quantities(reader, self.tariff, self.tariff.units, required=True)
        group = known.get(reader.choice("group", known))
        asks = f"Hãy ghi {lower_first(group.proof) or 'giấy chứng minh'} đã xem: số, ngày." if group else ""
        proof = reader.text("proof", required=asks, longest=200)
        return Payer(quantities, group, proof if group else "")


def proof_part(owed: Owed | None, scans: Mapping[int, Sequence[UUID]]) -> list[PartIn]:
    """Giấy chứng minh as a paper of the dossier."""
    if owed is None or owed.group is None:
        return []
    group = owed.group
    note = f"{proves(group)}; {owed.proof}"[:300]
    return [PartIn(group.proof or group.name, None, note=note, document_ids=tuple(scans.get(PROOF.pk, ())))]


def fee_typed_of(draft: Draft, page: Charging) -> dict[str, Any]:
    """What a draft says of the fee, as the page of the reception asks it."""
    quantities = fee_of(draft, local_date(page.at)).quantities
    told: dict[str, Any] = {
        page.tariff.field_of(unit): count for unit, count in quantities.items() if unit in page.tariff.units
    }
    return told | ({"group": draft.payer_group} if draft.payer_group else {})


def proofs_of(draft: Draft) -> dict[int, list[Document]]:
    """Giấy chứng minh đã gửi của bản nháp, under the key of PROOF."""
    found = list(draft.proofs.select_related("file").order_by("pk"))
    return {PROOF.pk: found} if found else {}


class FeeSum(Charging):
    """Số tiền theo số lượng và diện vừa chọn: a part of the page of the reception, of one procedure or of a group."""

    abstract = True

    def get(self, request: HttpRequest, **_given: Any) -> HttpResponse:
        self.form = Form({"channel": request.GET.get("channel", "")})
        return self.render("counter/receptions/_fee_sum.html", fees=(), **self.fee_context(request.GET))
