"""Dùng lại giấy tờ trong kho khi nộp: offered to who has signed in, used only with their word. Legal: ND118-2025 Đ22.1"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from motcua.core.errors import InvalidInput
from motcua.core.time import local_date
from motcua.service.filing.models import Draft, DraftPaper, Filing
from motcua.service.holdings.finding import held_for_all
from motcua.service.holdings.models import Consent, HeldPaper
from motcua.service.holdings.operations.using import Actor, consent, mark_used, withdraw_consent
from motcua.service.procedures.models.revision import known_revision


def reusable(draft: Draft, at: datetime) -> Mapping[int, HeldPaper]:
    """Giấy tờ người nộp khỏi nộp, by the key of the paper. Nobody else's: not of a guest, a relative or a principal."""
    if draft.account_id is None or draft.applicant_id is None or draft.acting != Draft.Acting.SELF:
        return {}
    return held_for_all(
        draft.applicant_id,
        known_revision(draft.revision_id).papers_of(draft.case),
        procedure_id=draft.offering.procedure_id,
        on=local_date(at),
    )


def has_agreed(draft: Draft) -> bool:
    """Đã đồng ý dùng lại giấy tờ cho hồ sơ này."""
    return Consent.objects.filter(
        holder=draft.applicant_id, subject_id=draft.dossier_key, withdrawn_at=None
    ).exists()


@transaction.atomic
def agree(draft: Draft, *, is_agreed: bool, at: datetime) -> None:
    """Ghi đồng ý của chủ tài khoản, where a paper of the store is chosen. Raises InvalidInput without their word."""
    if not draft.papers.filter(way=DraftPaper.Way.HELD).exists():
        return
    if draft.applicant_id is None or not is_agreed:
        raise InvalidInput(
            {"consent": "Hãy đánh dấu đồng ý, hoặc bỏ chọn giấy tờ trong kho rồi tải bản của bạn lên."}
        )
    consent(
        holder_id=draft.applicant_id,
        subject_id=draft.dossier_key,
        means=Consent.Means.ONLINE,
        by=None,
        actor_id=draft.account_id,
        at=at,
    )


def use_for(draft: Draft, filing: Filing, chosen: Mapping[int, HeldPaper], at: datetime) -> None:
    """Dùng cho hồ sơ vừa nộp; each use is a line that its holder reads. Raises ConsentMissing, PaperGone."""
    for paper_id, held in chosen.items():
        mark_used(
            held_id=held.pk,
            holder_id=held.holder_id,
            subject_id=filing.dossier_key,
            actor=Actor(id=draft.account_id, name=filing.applicant.name),
            at=at,
            paper_id=paper_id,
            purpose="Nộp hồ sơ trực tuyến",
        )


def take_back(draft: Draft, at: datetime) -> None:
    """Thôi đồng ý: the draft for which it was given is deleted."""
    standing = Consent.objects.filter(subject_id=draft.dossier_key, withdrawn_at=None, uses=None)
    for given in standing:
        withdraw_consent(consent_id=given.pk, holder_id=given.holder_id, actor_id=draft.account_id, at=at)
