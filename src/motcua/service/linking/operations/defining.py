"""Soạn và ban hành nhóm liên thông: drafted by one person, published by another, replaced by a later version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, InvalidInput
from motcua.core.text import fold, tidy
from motcua.core.two_people import refuse_own_draft
from motcua.foundation.calendars.clock import Limit, Unit
from motcua.foundation.calendars.loading import regime_on, work_calendar
from motcua.foundation.identity.models import User
from motcua.foundation.org.models import Agency
from motcua.service.linking import reading
from motcua.service.linking.events import GroupDrafted, GroupPublished, GroupRetired
from motcua.service.linking.models import LinkedGroup, LinkedPart, PartLink
from motcua.service.linking.plan import Circle, Piece, in_order, plan
from motcua.service.procedures.models import Procedure
from motcua.service.procedures.operations.publishing import require_manager

LEAST_PARTS = 2
NO_LIMIT = Limit(None, Unit.NONE)


@dataclass(frozen=True)
class PartDraft:
    """Một phần: its procedure, who settles it, and its own limit inside the group when the group's law gives one."""

    key: str
    procedure: Procedure
    settling: str = LinkedPart.Settling.HERE
    agency: Agency | None = None
    agency_kind: str = ""
    limit: Limit | None = None


@dataclass(frozen=True)
class LinkDraft:
    """Một phụ thuộc: the output of `source` that `target` needs, and the paper of `target` that it stands for."""

    source: str
    target: str
    output: str
    paper: str = ""


class NotPublishable(DomainError):
    """Nhóm chưa ban hành được."""


@transaction.atomic
def draft_group(
    *,
    code: str,
    name: str,
    basis: str,
    mode: str,
    parts: Sequence[PartDraft],
    links: Sequence[LinkDraft],
    valid_from: date,
    by: User | None,
    at: datetime,
    limit: Limit | None = None,
    starts_next_day_after_cutoff: bool = False,
) -> LinkedGroup:
    """Soạn nhóm liên thông: nothing applies until somebody else publishes it. Raises Forbidden, InvalidInput, Circle."""
    require_manager(by, at)
    _refuse_unclear(code, name, basis, mode, parts, links, valid_from)
    group = LinkedGroup.objects.create(
        code=tidy(code).upper(), name=tidy(name), basis=tidy(basis), mode=mode, valid_from=valid_from,
        limit_value=limit.value if limit else None, limit_unit=limit.unit if limit else Unit.NONE,
        starts_next_day_after_cutoff=starts_next_day_after_cutoff, drafted_by=by, drafted_at=at,
    )  # fmt: skip
    made = {
        part.key: LinkedPart.objects.create(
            group=group, position=position, key=part.key, procedure=part.procedure, settling=part.settling,
            agency=part.agency, agency_kind=part.agency_kind,
            limit_value=part.limit.value if part.limit else None, limit_unit=part.limit.unit if part.limit else Unit.NONE,
        )
        for position, part in enumerate(parts, start=1)
    }  # fmt: skip
    for link in links:
        PartLink.objects.create(
            group=group, source=made[link.source], target=made[link.target], output=tidy(link.output),
            paper=tidy(link.paper),
        )  # fmt: skip
    events.record(
        GroupDrafted(
            subject_id=group.uid, actor_id=by.pk if by else None, at=at, code=group.code, name=group.name,
            parts=[part.procedure.code for part in parts],
        )
    )  # fmt: skip
    return group


@transaction.atomic
def publish_group(*, group_id: int, by: User, at: datetime) -> LinkedGroup:
    """Ban hành nhóm liên thông: by a second person, after everything that can be checked has been.

    The version in force ends the day before. Raises Forbidden, NotPublishable. Legal: ND118-2025 Đ20.2; ND63-2024
    """
    require_manager(by, at)
    group: LinkedGroup = LinkedGroup.objects.select_for_update(of=("self",)).get(pk=group_id)
    if group.state != LinkedGroup.State.DRAFT:
        raise NotPublishable("Chỉ ban hành được bản dự thảo. Hãy tải lại trang.")
    refuse_own_draft(group.drafted_by_id, by.pk)
    if faults := faults_of(group):
        raise NotPublishable(" ".join(faults))
    earlier = (
        LinkedGroup.objects.select_for_update(of=("self",))
        .filter(code=group.code, state=LinkedGroup.State.PUBLISHED, valid_to__isnull=True)
        .first()
    )
    if earlier:
        _retire_before(earlier, group.valid_from)
    group.state, group.published_by, group.published_at = LinkedGroup.State.PUBLISHED, by, at
    group.save(update_fields=["state", "published_by", "published_at"])
    events.record(
        GroupPublished(
            subject_id=group.uid, actor_id=by.pk, at=at, code=group.code, valid_from=group.valid_from,
            replaces=earlier.pk if earlier else None,
        )
    )  # fmt: skip
    return group


@transaction.atomic
def retire_group(*, group_id: int, on: date, reason: str, by: User, at: datetime) -> LinkedGroup:
    """Thôi áp dụng từ ngày `on`; bundles under way go on. Raises Forbidden, DomainError."""
    require_manager(by, at)
    group: LinkedGroup = LinkedGroup.objects.select_for_update(of=("self",)).get(pk=group_id)
    if group.state != LinkedGroup.State.PUBLISHED:
        raise DomainError("Nhóm này không đang áp dụng.")
    if not tidy(reason):
        raise DomainError("Hãy ghi lý do thôi áp dụng.", field="reason")
    _retire_before(group, on)
    events.record(
        GroupRetired(
            subject_id=group.uid, actor_id=by.pk, at=at, code=group.code, valid_to=on - timedelta(days=1),
            reason=tidy(reason),
        )
    )  # fmt: skip
    return group


def faults_of(group: LinkedGroup) -> list[str]:
    """Những gì còn phải sửa before the group can be published: sentences, none when it is ready."""
    faults, pieces = [], []
    on = group.valid_from
    after = reading.waits_of(group)
    for part in group.parts.select_related("procedure"):
        if not part.procedure.revisions.filter(valid_from__lte=on).exists():
            faults.append(f"Thủ tục {part.procedure.code} chưa có hiệu lực vào ngày {on:%d/%m/%Y}.")
            continue
        revision = part.procedure.revision_on(on)
        faults += _unknown_papers(group, part, {fold(paper.name) for paper in revision.papers.all()})
        limit = part.limit or max(
            (channel.limit for channel in revision.channels.all()), key=lambda one: one.amount, default=None
        )
        if limit and limit.is_a_number:
            pieces.append(
                Piece(
                    part.key,
                    part.procedure.name,
                    limit,
                    work_calendar(None, on),
                    tuple(after[part.key]),
                    revision.starts_next_day_after_cutoff,
                )
            )
    if not faults and group.limit.is_a_number and len(pieces) == len(after):
        faults += _too_long(group, pieces)
    return faults


def _too_long(group: LinkedGroup, pieces: Sequence[Piece]) -> list[str]:
    """The longest way through the parts must end within the limit of the whole, on a day like any other."""
    regime, calendar = regime_on(group.valid_from), work_calendar(None, group.valid_from)
    begins = calendar.compiled.opening(group.valid_from)
    longest = plan(begins, pieces, regime)
    whole = plan(begins, [Piece("whole", group.name, group.limit, calendar)], regime)
    if longest.due_at is None or whole.due_at is None or longest.due_at <= whole.due_at:
        return []
    way = " → ".join(piece.name for piece in pieces if piece.key in longest.critical)
    return [f"Cả nhóm phải xong trong {group.limit}, nhưng đường dài nhất ({way}) cần lâu hơn."]


def _unknown_papers(group: LinkedGroup, part: LinkedPart, known: set[str]) -> list[str]:
    return [
        f"Thủ tục {part.procedure.code} không có giấy tờ “{link.paper}” để thay bằng {link.output}."
        for link in group.links.filter(target=part)
        if link.paper and fold(link.paper) not in known
    ]


def _retire_before(group: LinkedGroup, on: date) -> None:
    last = on - timedelta(days=1)
    if last < group.valid_from:
        raise NotPublishable(
            f"Bản đang áp dụng bắt đầu từ {group.valid_from:%d/%m/%Y}. Hãy chọn ngày sau đó.",
            field="valid_from",
        )
    group.valid_to, group.state = last, LinkedGroup.State.RETIRED
    group.save(update_fields=["valid_to", "state"])


def _refuse_unclear(  # noqa: PLR0917  each field of the draft is judged
    code: str,
    name: str,
    basis: str,
    mode: str,
    parts: Sequence[PartDraft],
    links: Sequence[LinkDraft],
    valid_from: date,
) -> None:
    wrong: dict[str, str] = {}
    if not tidy(code):
        wrong["code"] = "Hãy nhập mã nhóm."
    if not tidy(name):
        wrong["name"] = "Hãy nhập tên nhóm."
    if not tidy(basis):
        wrong["basis"] = "Hãy ghi căn cứ pháp lý của nhóm."
    if mode not in LinkedGroup.Mode.values:
        wrong["mode"] = "Hãy chọn cách chuyển hồ sơ."
    if len(parts) < LEAST_PARTS:
        wrong["parts"] = "Một nhóm liên thông có ít nhất hai thủ tục."
    keys = [part.key for part in parts]
    if len(set(keys)) < len(keys) or len({part.procedure.pk for part in parts}) < len(parts):
        wrong["parts"] = "Mỗi thủ tục chỉ có mặt một lần trong nhóm."
    if any(link.source not in keys or link.target not in keys for link in links):
        wrong["links"] = "Phụ thuộc phải nối hai thủ tục của nhóm."
    if any(not tidy(link.output) for link in links):
        wrong["links"] = "Hãy ghi tên kết quả mà thủ tục sau cần."
    if wrong:
        raise InvalidInput(wrong)
    after = {key: tuple(link.source for link in links if link.target == key) for key in keys}
    names = {part.key: part.procedure.name for part in parts}
    try:
        in_order(
            [
                Piece(key, names[key], NO_LIMIT, work_calendar(None, valid_from), waits)
                for key, waits in after.items()
            ]
        )
    except Circle as circle:
        raise InvalidInput({"links": circle.message}) from None
