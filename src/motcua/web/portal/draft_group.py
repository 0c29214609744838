"""Bước phí: asked only where the fee counts something or lets some groups pay less, before the sum is told."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from motcua.foundation.documents.kinds import ACCEPT, RefusedFile
from motcua.foundation.documents.operations.storing import StoreUnavailable
from motcua.service.filing.operations import drafting, grouping
from motcua.service.payments.models import PayerGroup
from motcua.web.portal.draft_papers import Drop
from motcua.web.portal.drafts import DraftPage
from motcua.web.ui.fees import NONE_OF_THEM, fee_asked, read_quantities
from motcua.web.ui.forms import Reader
from motcua.web.ui.phones import LendsToPhone, Lent


class FeeStep(LendsToPhone, DraftPage):
    """Bao nhiêu, và có thuộc diện miễn, giảm phí không: each group with what it pays and the paper that proves it."""

    public = True
    step = "mien-giam"

    def get(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        if not self.fee.is_asked:
            return self.go("portal:draft-giay-to", *self.address)
        draft, fee = self.draft, self.fee
        return self.step_page(
            "portal/filing/group.html",
            asked=fee_asked(fee.tariff, self.payer_groups, units=fee.units, quantities=fee.quantities),
            none_of_them=NONE_OF_THEM,
            chosen=NONE_OF_THEM if draft.payer_group == "" else draft.payer_group or "",
            proofs=list(draft.proofs.select_related("file")),
            phone=self.phones([""])[""],
            accept=ACCEPT,
            helper=self.helper,
        )

    def lent(self, word: str) -> Lent | None:
        return None if word else Lent("Giấy chứng minh được miễn, giảm", "proof", waits=True)

    def post(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        reader, fee = self.read(), self.fee
        known = {one.pk: one for one in self.payer_groups}
        quantities = read_quantities(reader, fee.tariff, fee.units, required=True)
        given = reader.choice(
            "group",
            [*known, NONE_OF_THEM],
            required="Hãy chọn một mục. Không thuộc diện nào cũng là một câu trả lời." if known else "",
        )
        reader.check()
        group = known.get(given)
        seen_by = self.helper if reader.is_ticked("seen") else None
        grouping.save_fee(
            draft_id=self.draft.pk,
            group=group.pk if group else "",
            quantities=quantities,
            seen_by=seen_by,
            at=self.at,
        )
        if group is None:
            return self.onward()
        self.keep_proofs(reader, group)
        if not self.draft.proofs.exists() and not reader.is_ticked("on_paper") and seen_by is None:
            reader.refuse(
                "proof", f"Hãy tải lên {group.proof or 'giấy chứng minh'}, hoặc {self.otherwise()}."
            )
        reader.check()
        return self.onward()

    def keep_proofs(self, reader: Reader, group: PayerGroup) -> None:
        for upload in self.request.FILES.getlist("proof"):
            try:
                grouping.keep_proof(
                    draft_id=self.draft.pk, group=group, upload=upload, name=upload.name or "", at=self.at
                )
            except (RefusedFile, StoreUnavailable, drafting.TooManyFiles) as refusal:
                reader.refuse("proof", refusal.message)

    def otherwise(self) -> str:
        if self.helper:
            return "đánh dấu đã xem bản gốc"
        return "đánh dấu mang bản giấy đến sau"


class DropProof(Drop):
    """Bỏ một tệp chứng minh."""

    public = True
    step = "mien-giam"
