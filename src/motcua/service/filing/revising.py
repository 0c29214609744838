"""Thủ tục đã đổi trong lúc soạn: what a draft must be told and asked again, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from motcua.core.money import vnd
from motcua.core.text import fold
from motcua.core.time import local_date
from motcua.service.dossiers.models import Channel
from motcua.service.filing.costs import fee_by, told
from motcua.service.filing.models.draft import Draft
from motcua.service.procedures.models import Case, Paper, Revision
from motcua.service.procedures.models.revision import ChannelNotOffered, known_revision


@dataclass(frozen=True)
class Changed:
    """Thay đổi: in the applicant's words. `is_case_gone`: the case must be chosen again."""

    revision: Revision
    gone: tuple[str, ...]  # papers that need not be handed in any more
    come: tuple[str, ...]  # papers that are asked for now
    others: tuple[tuple[str, str, str], ...]  # (what, before, after)
    is_case_gone: bool
    is_online: bool

    @property
    def is_anything(self) -> bool:
        return bool(self.gone or self.come or self.others or self.is_case_gone or not self.is_online)


def changed_since(draft: Draft, at: datetime) -> Changed | None:
    """Đã đổi gì so với lúc soạn; None while the draft follows what is in force. Raises NotInForce."""
    revision = draft.offering.revision_on(local_date(at))
    if revision.pk == draft.revision_id:
        return None
    before, case = known_revision(draft.revision_id), carried_case(draft.case, revision)
    is_case_gone = bool(revision.cases) and case is None
    olds = before.papers_of(draft.case)
    news = [] if is_case_gone else revision.papers_of(case)
    return Changed(
        revision=revision,
        gone=() if is_case_gone else tuple(paper.name for paper in olds if not carried_paper(paper, news)),
        come=tuple(paper.name for paper in news if not _among(paper, olds)),
        others=(
            *_others(before, draft.case, revision, case),
            *([] if is_case_gone else _fee(draft, before, case, revision, local_date(at))),
        ),
        is_case_gone=is_case_gone,
        is_online=bool(revision.channels_of(Channel.ONLINE)),
    )


def carried_case(case: Case | None, revision: Revision) -> Case | None:
    """Trường hợp tương ứng: the one of the same words, or the only thing there is to choose; None: choose again."""
    if case is None:
        return None
    return next((one for one in revision.cases if fold(one.label) == fold(case.label)), None)


def carried_paper(paper: Paper, asked: Iterable[Paper]) -> Paper | None:
    """Giấy tờ tương ứng of the new content: by its words, else by the code of its form."""
    papers = list(asked)
    by_words = next((one for one in papers if fold(one.name) == fold(paper.name)), None)
    if by_words or not paper.template_code:
        return by_words
    return next((one for one in papers if one.template_code == paper.template_code), None)


def _among(paper: Paper, olds: Sequence[Paper]) -> bool:
    return any(carried_paper(old, [paper]) for old in olds)


def _others(
    before: Revision, old: Case | None, after: Revision, new: Case | None
) -> Iterable[tuple[str, str, str]]:
    if before.name != after.name:
        yield "Tên thủ tục", before.name, after.name
    try:
        was, now = (str(one.limit_for(Channel.ONLINE, case)) for one, case in ((before, old), (after, new)))
    except ChannelNotOffered:
        return
    if was != now:
        yield "Thời hạn giải quyết", was, now


def _fee(
    draft: Draft, before: Revision, case: Case | None, after: Revision, today: date
) -> Iterable[tuple[str, str, str]]:
    """Phải nộp bao nhiêu lúc soạn và nay, by the rules that truly ask, for what this draft says of number and group."""
    day = min(local_date(draft.saved_at), after.valid_from - timedelta(days=1))
    was, now = (
        fee_by(draft, of_case, on, content=content).costs
        for of_case, on, content in ((draft.case, day, before), (case, today, after))
    )
    if (was.total, was.open_names) == (now.total, now.open_names):
        return
    more = now.total - was.total
    differs = f"; {'thêm' if more > 0 else 'bớt'} {vnd(abs(more))}" if more else ""
    yield "Phí, lệ phí của hồ sơ này", told(was), f"{told(now)}{differs}"
