"""Mẫu riêng: taken in, tried, published, withdrawn. The built-in form stands behind every one of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from motcua.core import events
from motcua.core.errors import DomainError, Stale
from motcua.core.time import local_date
from motcua.foundation.identity.models import User
from motcua.service.paperwork.events import (
    TemplateDiscarded,
    TemplateEvent,
    TemplatePublished,
    TemplateUploaded,
    TemplateWithdrawn,
)
from motcua.service.paperwork.facts import as_json
from motcua.service.paperwork.models import PaperTemplate
from motcua.service.paperwork.registry import SETS, Form
from motcua.service.paperwork.samples import SAMPLES
from motcua.service.paperwork.templating.filling import fill, places_in, problems_in
from motcua.service.paperwork.templating.packages import RefusedTemplate, check_package
from motcua.service.paperwork.templating.sandbox import Problem

State = PaperTemplate.State


class NotFillable(RefusedTemplate):
    """Mẫu có chỗ sai; `problems` names each."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        more = f" Còn {len(problems) - 3} chỗ khác." if len(problems) > 3 else ""
        super().__init__(
            "Mẫu chưa điền được. " + " ".join(problem.message for problem in problems[:3]) + more
        )


class NotADraft(Stale):
    """Mẫu không còn là bản thử."""


@dataclass(frozen=True)
class Place:
    """Phạm vi áp dụng of a template."""

    form: Form
    forms: str = ""
    agency_id: int | None = None
    procedure_id: int | None = None


@transaction.atomic
def upload_template(
    *, place: Place, content: bytes, file_name: str, by: User, at: datetime, reason: str = ""
) -> PaperTemplate:
    """Tải mẫu lên: checked, filled once with the sample dossier, kept as a draft; it takes the place of an earlier draft.

    Raises RefusedTemplate for what may not be opened, NotFillable with every wrong place named.
    """
    if place.forms and place.forms not in SETS:
        raise DomainError("Hãy chọn một bộ biểu mẫu trong danh sách.", field="forms")
    check_package(content, file_name)
    if problems := problems_in(content, place.form):
        raise NotFillable(problems)
    if not places_in(content):
        raise RefusedTemplate("Mẫu không có chỗ nào để điền. Hãy đặt ít nhất một trường, ví dụ {{ code }}.")
    fill(content, place.form, as_json(SAMPLES[place.form]))
    same = PaperTemplate.objects.select_for_update().of(
        place.form, place.forms, place.agency_id, place.procedure_id
    )
    earlier = list(same.without_content())
    for draft in (one for one in earlier if one.state == State.DRAFT):
        _end(draft, State.DISCARDED, by, at, TemplateDiscarded, reason="Có bản thử mới")
    template = PaperTemplate.objects.create(
        form=place.form,
        forms=place.forms,
        agency_id=place.agency_id,
        procedure_id=place.procedure_id,
        version=max((one.version for one in earlier), default=0) + 1,
        file_name=file_name[-200:],
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        reason=reason.strip()[:500],
        uploaded_by=by,
        uploaded_at=at,
    )
    _record(template, TemplateUploaded, by, at, reason=template.reason)
    return template


@transaction.atomic
def publish_template(
    *, template_id: UUID, by: User, at: datetime, reason: str, valid_from: date | None = None
) -> PaperTemplate:
    """Ban hành mẫu: papers of that scope made from `valid_from` (today) on are printed by it; those printed stay.

    Raises NotADraft, DomainError for a day gone by or without a reason.
    """
    template = _locked(template_id)
    if template.state != State.DRAFT:
        raise NotADraft("Mẫu này không còn là bản thử. Hãy tải trang lại.")
    today = local_date(at)
    first_day = valid_from or today
    if first_day < today:
        raise DomainError("Ngày dùng không thể ở quá khứ. Hãy chọn từ hôm nay trở đi.", field="valid_from")
    if not reason.strip():
        raise DomainError("Hãy ghi lý do, căn cứ ban hành mẫu.", field="reason")
    before = _before(template)
    if before:
        before.state = State.RETIRED
        before.valid_to = max(first_day - timedelta(days=1), before.valid_from or first_day)
        before.save(update_fields=["state", "valid_to"])
    template.state, template.valid_from, template.reason = State.PUBLISHED, first_day, reason.strip()[:500]
    template.published_by, template.published_at = by, at
    try:
        with transaction.atomic():
            template.save(update_fields=["state", "valid_from", "reason", "published_by", "published_at"])
    except IntegrityError as error:
        raise Stale("Có người vừa ban hành một mẫu khác cùng phạm vi. Hãy tải lại trang.") from error
    _record(
        template, TemplatePublished, by, at, reason=template.reason, valid_from=first_day,
        replaces=before.version if before else None,
    )  # fmt: skip
    return template


@transaction.atomic
def withdraw_template(*, template_id: UUID, by: User, at: datetime, reason: str) -> PaperTemplate:
    """Thu hồi mẫu: from now on the next rule holds, at last the built-in form. Papers printed by it stay as they are."""
    template = _locked(template_id)
    if template.state != State.PUBLISHED:
        raise NotADraft("Chỉ thu hồi được mẫu đang dùng. Hãy tải trang lại.")
    if not reason.strip():
        raise DomainError("Hãy ghi lý do thu hồi.", field="reason")
    template.withdrawn_by, template.withdrawn_at = by, at
    template.withdrawn_reason = reason.strip()[:500]
    _end(template, State.WITHDRAWN, by, at, TemplateWithdrawn, reason=template.withdrawn_reason)
    return template


@transaction.atomic
def discard_template(*, template_id: UUID, by: User, at: datetime) -> PaperTemplate:
    """Bỏ bản thử."""
    template = _locked(template_id)
    if template.state != State.DRAFT:
        raise NotADraft("Mẫu này không còn là bản thử. Hãy tải trang lại.")
    _end(template, State.DISCARDED, by, at, TemplateDiscarded)
    return template


def _locked(template_id: UUID) -> PaperTemplate:
    found = (
        PaperTemplate.objects.select_for_update(of=("self",)).without_content().filter(pk=template_id).first()
    )
    if found is None:
        raise DomainError("Không có mẫu này.")
    return found


def _before(template: PaperTemplate) -> PaperTemplate | None:
    """The version in use of the same scope."""
    same = PaperTemplate.objects.of(template.form, template.forms, template.agency_id, template.procedure_id)
    return same.without_content().select_for_update().filter(state=State.PUBLISHED).first()


def _end(
    template: PaperTemplate,
    state: PaperTemplate.State,
    by: User,
    at: datetime,
    kind: type[TemplateEvent],
    *,
    reason: str = "",
) -> None:
    template.state = state
    template.save(update_fields=["state", "withdrawn_by", "withdrawn_at", "withdrawn_reason"])
    _record(template, kind, by, at, reason=reason)


def _record(
    template: PaperTemplate, kind: type[TemplateEvent], by: User, at: datetime, *, reason: str, **more: Any
) -> None:
    events.record(
        kind(
            subject_id=template.pk,
            actor_id=by.pk,
            at=at,
            form=template.form,
            forms=template.forms,
            agency=template.agency_id,
            procedure=template.procedure.code if template.procedure else "",
            version=template.version,
            sha256=template.sha256,
            reason=reason,
            **more,
        )
    )
