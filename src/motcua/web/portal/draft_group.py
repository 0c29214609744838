"""Bước miễn, giảm phí: asked only where the fee lets some groups pay less, before the sum is told."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from motcua.core.time import local_date
from motcua.foundation.documents.kinds import ACCEPT, RefusedFile
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.operations.storing import StoreUnavailable
from motcua.service.filing.costs import costs_of
from motcua.service.filing.operations import drafting, grouping
from motcua.web.portal.drafts import DraftPage

NONE_OF_THEM = "KHONG"


class PayerGroupStep(DraftPage):
    """Bạn có thuộc diện miễn, giảm phí không: each group with what it pays and the paper that proves it."""

    public = True
    step = "mien-giam"

    def get(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        if not self.payer_groups:
            return self.go("portal:draft-giay-to", *self.address)
        draft, day = self.draft, local_date(self.at)
        whole = costs_of(draft.offering, draft.case, day)
        return self.step_page(
            "portal/filing/group.html",
            whole=whole,
            none_of_them=NONE_OF_THEM,
            groups=[
                (one, costs_of(draft.offering, draft.case, day, group=one.pk)) for one in self.payer_groups
            ],
            chosen=NONE_OF_THEM if draft.payer_group == "" else draft.payer_group or "",
            proofs=list(draft.proofs.select_related("file")),
            accept=ACCEPT,
        )

    def post(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        reader = self.read()
        known = {one.pk: one for one in self.payer_groups}
        given = reader.choice(
            "group",
            [*known, NONE_OF_THEM],
            required="Hãy chọn một mục. Không thuộc diện nào cũng là một câu trả lời.",
        )
        reader.check()
        group = known.get(given)
        grouping.save_group(draft_id=self.draft.pk, group=group.pk if group else "", at=self.at)
        if group is None:
            return self.onward()
        for upload in request.FILES.getlist("proof"):
            try:
                grouping.keep_proof(
                    draft_id=self.draft.pk, group=group, upload=upload, name=upload.name or "", at=self.at
                )
            except (RefusedFile, StoreUnavailable, drafting.TooManyFiles) as refusal:
                reader.refuse("proof", refusal.message)
        if not self.draft.proofs.exists() and not reader.is_ticked("on_paper"):
            reader.refuse(
                "proof",
                f"Hãy tải lên {group.proof or 'giấy chứng minh'}, hoặc đánh dấu mang bản giấy đến sau.",
            )
        reader.check()
        return self.onward()


class DropProof(DraftPage):
    """Bỏ một tệp chứng minh."""

    public = True
    step = "mien-giam"

    def get(self, request: HttpRequest, code: str, draft_id: UUID, document_id: UUID) -> HttpResponse:
        return self.go("portal:draft-mien-giam", *self.address)

    def post(self, request: HttpRequest, code: str, draft_id: UUID, document_id: UUID) -> HttpResponse:
        if Document.objects.filter(pk=document_id, subject_id=self.draft.dossier_key).exists():
            drafting.drop_file(draft_id=self.draft.pk, document_id=document_id, at=self.at)
        return self.done("Đã bỏ tệp.", "portal:draft-mien-giam", *self.address)
