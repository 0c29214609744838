"""Nội dung bản nháp: what a page or the last press asks of a draft, each thing read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from motcua.core.asking import Asked
from motcua.core.time import local_date
from motcua.foundation.documents.models import Document
from motcua.service.filing.costs import DraftFee, fee_of
from motcua.service.filing.declared import is_declared
from motcua.service.filing.models import Draft, DraftPaper
from motcua.service.filing.reusing import reusable
from motcua.service.forms.asking import answers_of, form_for
from motcua.service.forms.definition import OwnSignature
from motcua.service.forms.models import Answers, FormVersion
from motcua.service.holdings.models import HeldPaper
from motcua.service.procedures.models import Paper
from motcua.service.procedures.models.revision import known_revision

ROWS = Asked(lambda draft_id: DraftPaper.objects.with_document_ids().filter(draft=draft_id))


@dataclass(frozen=True)
class Contents:
    """Nội dung bản nháp, as it stands when it is first asked for; what is written later another `Contents` shows."""

    draft: Draft
    at: datetime

    @property
    def on(self) -> date:
        """The day by whose rules it is looked at."""
        return local_date(self.at)

    @cached_property
    def papers(self) -> list[Paper]:
        """Giấy tờ phải nộp, by the content that the draft follows."""
        return known_revision(self.draft.revision_id).papers_of(self.draft.case)

    @cached_property
    def rows(self) -> Mapping[int, DraftPaper]:
        """Giấy tờ đã có, by the key of the paper; each with its `document_ids`."""
        return {row.paper_id: row for row in ROWS.all(draft_id=self.draft.pk)}

    @cached_property
    def documents(self) -> Mapping[UUID, Document]:
        """Các tệp đã có, by key, with their content's facts."""
        keys = [key for row in self.rows.values() for key in row.document_ids]
        return Document.objects.select_related("file").in_bulk(keys) if keys else {}

    @cached_property
    def held(self) -> Mapping[int, HeldPaper]:
        """Giấy tờ trong kho người nộp khỏi nộp, by the key of the paper."""
        return reusable(self.draft, self.at)

    @cached_property
    def chosen_of_store(self) -> Mapping[int, HeldPaper]:
        """Giấy tờ trong kho được chọn dùng, by the key of the paper."""
        chosen = {key for key, row in self.rows.items() if row.way == DraftPaper.Way.HELD}
        return {key: held for key, held in self.held.items() if key in chosen} if chosen else {}

    @cached_property
    def answers(self) -> Answers | None:
        """Câu trả lời tờ khai, once it was begun."""
        return answers_of(self.draft.dossier_key, self.on)

    @cached_property
    def version(self) -> FormVersion | None:
        """Biểu mẫu điện tử: the one that was begun, else the one in force."""
        if self.answers is not None:
            return self.answers.version
        return form_for(self.draft.offering, self.on, case=self.draft.case)

    @property
    def has_signers(self) -> bool:
        """Biểu mẫu hỏi người cùng đứng tên."""
        return self.version is not None and self.version.definition.signers is not None

    @property
    def must_be_signed(self) -> bool:
        """Biểu mẫu phải được người nộp ký số."""
        return self.version is not None and self.version.definition.signature == OwnSignature.MUST

    @cached_property
    def fee(self) -> DraftFee:
        """Phí của lần nộp này, by what has been said."""
        return fee_of(self.draft, self.on, begun=lambda: self.answers)

    def is_declared(self, paper: Paper) -> bool:
        """Tờ khai này đã khai bằng biểu mẫu điện tử: it is not asked for a second time as a paper."""
        return is_declared(self.answers, paper)
