"""Đọc nhóm và bộ hồ sơ: what a filing asks for, once; how a bundle stands; who waits for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from motcua.core.errors import DomainError
from motcua.core.text import fold
from motcua.core.time import local_date
from motcua.foundation.calendars.clock import Limit
from motcua.foundation.calendars.loading import regime_on, work_calendar
from motcua.foundation.org.models import Agency
from motcua.service.dossiers.models import Channel, Dossier
from motcua.service.dossiers.states import CLOSED, ENDED_EARLY, FINISHED, State
from motcua.service.linking.models import Bundle, BundlePart, LinkedGroup, LinkedPart, PartLink
from motcua.service.linking.plan import Piece, Plan, plan
from motcua.service.procedures.models import Case, Offering, Paper, Revision


class NotSettledHere(DomainError):
    """Có phần của nhóm không nơi nào giải quyết cho nơi tiếp nhận này."""


@dataclass(frozen=True)
class Branch:
    """Một phần, at one place of reception and on one day: who settles it, by which revision and case, within what."""

    part: LinkedPart
    offering: Offering
    revision: Revision
    case: Case | None
    limit: Limit
    after: tuple[str, ...]

    @property
    def key(self) -> str:
        return self.part.key

    @property
    def name(self) -> str:
        return self.revision.name


@dataclass
class Asked:
    """Một giấy tờ phải nộp, asked once: for which parts, and as which paper of each."""

    name: str
    papers: dict[str, Paper] = field(default_factory=dict)  # by the key of the part

    @property
    def paper(self) -> Paper:
        """The one that stands for all: a required one, where there is one."""
        return min(self.papers.values(), key=lambda paper: not paper.is_required)

    @property
    def key(self) -> str:
        return str(self.paper.pk)

    @property
    def is_required(self) -> bool:
        return self.paper.is_required


@dataclass(frozen=True)
class Supplied:
    """Một giấy tờ không phải nộp: another part brings it."""

    link: PartLink
    paper: Paper


@dataclass(frozen=True)
class Checklist:
    """Danh mục chung của một lần nộp: the branches, the papers asked once, and those that other parts bring."""

    group: LinkedGroup
    branches: tuple[Branch, ...]
    asked: tuple[Asked, ...]
    supplied: tuple[Supplied, ...]

    def branch(self, key: str) -> Branch:
        return next(branch for branch in self.branches if branch.key == key)

    def names_of(self, asked: Asked) -> tuple[str, ...]:
        """The procedures that use a paper, when there are several."""
        return tuple(self.branch(key).name for key in asked.papers) if len(asked.papers) > 1 else ()

    def planned(self, at: datetime) -> Plan:
        """Kế hoạch for a bundle received at `at`."""
        on = local_date(at)
        pieces = [
            Piece(
                branch.key,
                branch.name,
                branch.limit,
                work_calendar(branch.offering.agency_id, on),
                branch.after,
                branch.revision.starts_next_day_after_cutoff,
            )
            for branch in self.branches
        ]
        return plan(
            at, pieces, regime_on(on), starts_after_cutoff_next_day=self.group.starts_next_day_after_cutoff
        )


def waits_of(group: LinkedGroup) -> dict[str, tuple[str, ...]]:
    """Phần nào chờ phần nào: by its links, and on paper also by the order of the parts."""
    needs = needs_of(group)
    if group.mode == LinkedGroup.Mode.PARALLEL:
        return needs
    keys = list(needs)
    before = dict(zip(keys[1:], keys[:-1], strict=True))
    return {
        key: tuple(dict.fromkeys([*waits, *([before[key]] if key in before else [])]))
        for key, waits in needs.items()
    }


def needs_of(group: LinkedGroup) -> dict[str, tuple[str, ...]]:
    """Phần nào cần kết quả của phần nào."""
    parts = {part.pk: part.key for part in group.parts.all()}
    links = list(group.links.all())
    return {
        key: tuple(parts[link.source_id] for link in links if link.target_id == pk)
        for pk, key in parts.items()
    }


def cases_to_choose(group: LinkedGroup, on: date) -> list[tuple[LinkedPart, list[Case]]]:
    """Phần có nhiều trường hợp: the clerk must choose one for each."""
    found = [(part, list(part.procedure.revision_on(on).cases)) for part in group.parts.all()]
    return [(part, cases) for part, cases in found if cases]


def checklist_of(
    group: LinkedGroup,
    reception: Agency,
    on: date,
    *,
    cases: Mapping[str, int | None],
    channel: str = Channel.COUNTER,
) -> Checklist:
    """Danh mục chung. Raises NotSettledHere, NotInForce, NotACase."""
    waits = waits_of(group)
    branches = tuple(
        _branch(part, reception, on, cases.get(part.key), waits[part.key], channel)
        for part in group.parts.all()
    )
    brought = {(link.target.key, fold(link.paper)): link for link in group.links.all() if link.paper}
    asked: dict[str, Asked] = {}
    supplied = []
    for branch in branches:
        for paper in branch.revision.papers_of(branch.case):
            name = fold(paper.name)
            if link := brought.get((branch.key, name)):
                supplied.append(Supplied(link, paper))
            else:
                asked.setdefault(name, Asked(paper.name)).papers[branch.key] = paper
    return Checklist(group, branches, tuple(asked.values()), tuple(supplied))


def _branch(  # noqa: PLR0917  one line of the checklist
    part: LinkedPart, reception: Agency, on: date, case_id: int | None, after: tuple[str, ...], channel: str
) -> Branch:
    offering = offering_of(part, reception, on)
    revision = offering.revision_on(on)
    case = revision.case_or_refuse(case_id)
    limit = part.limit or revision.limit_for(channel, case)
    return Branch(part, offering, revision, case, limit, after)


def offering_of(part: LinkedPart, reception: Agency, on: date) -> Offering:
    """Ai giải quyết phần này for what is handed in there: the nearest that the rule allows. Raises NotSettledHere."""
    offered = Offering.objects.in_force(on).filter(procedure=part.procedure_id)
    if part.settling == LinkedPart.Settling.HERE:
        offered = offered.filter(receiving_agency=reception)
    elif part.settling == LinkedPart.Settling.NAMED:
        offered = offered.filter(agency=part.agency_id)
    else:
        offered = offered.filter(agency__kind=part.agency_kind)
    found = list(offered.select_related("procedure", "agency", "receiving_agency").order_by("id"))
    if not found:
        raise NotSettledHere(
            f"Chưa có cơ quan giải quyết “{part.procedure.name}” cho hồ sơ nộp tại {reception.name}. "
            "Hãy báo người quản trị khai báo nơi thực hiện thủ tục này.",
            field="group",
        )
    return min(
        found,
        key=lambda one: (one.receiving_agency_id != reception.pk, -_shared(one.agency, reception), one.pk),
    )


def _shared(one: Agency, other: Agency) -> int:
    """How many steps from the root two agencies have in common."""
    ways = zip(one.path.strip("/").split("/"), other.path.strip("/").split("/"), strict=False)
    return sum(1 for left, right in ways if left == right)


@dataclass(frozen=True)
class Standing:
    """Bộ hồ sơ đang thế nào: derived from its dossiers."""

    label: str
    tone: str
    finished: int
    stopped: int
    total: int
    is_ready: bool  # nothing is under way any more, and something waits to be handed over
    is_closed: bool
    now: tuple[BundlePart, ...]


def standing_of(bundle: Bundle) -> Standing:
    """Tình hình của bộ hồ sơ; ask with `with_parts`."""
    parts = list(bundle.parts.all())
    states = [State(part.dossier.state) for part in parts]
    finished = sum(state in FINISHED for state in states)
    stopped = sum(state in ENDED_EARLY for state in states)
    is_closed = all(state in CLOSED for state in states)
    is_ready = not is_closed and finished + stopped == len(parts)
    now = tuple(
        part for part, state in zip(parts, states, strict=True) if state not in FINISHED | ENDED_EARLY
    )
    label, tone = _worded(is_closed=is_closed, is_ready=is_ready, finished=finished, stopped=stopped)
    return Standing(label, tone, finished, stopped, len(parts), is_ready, is_closed, now)


def finished_at(bundle: Bundle) -> datetime | None:
    """Khi phần cuối có kết quả hoặc kết thúc; None while a part is under way."""
    ends = [part.dossier.finished_at or part.dossier.closed_at for part in bundle.parts.all()]
    known = [end for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None


def _worded(*, is_closed: bool, is_ready: bool, finished: int, stopped: int) -> tuple[str, str]:
    if is_closed:
        return ("Đã kết thúc, có phần dừng", "plain") if stopped else ("Đã trả đủ kết quả", "ok")
    if is_ready:
        return ("Có kết quả, có phần dừng; chờ trả", "soon") if stopped else ("Đủ kết quả, chờ trả", "ok")
    if stopped:
        return "Đang giải quyết, có phần dừng", "soon"
    return ("Đã có một phần kết quả", "work") if finished else ("Đang giải quyết", "work")


@dataclass(frozen=True)
class Place:
    """Hồ sơ này là phần nào của nhóm: for its agency, which learns nothing of the others but what comes in from them."""

    bundle: Bundle
    position: int
    total: int
    group: str
    incoming: tuple[Incoming, ...]


@dataclass(frozen=True)
class Incoming:
    """Kết quả chuyển đến: what is awaited or has come, and from which agency."""

    output: str
    paper: str
    agency: str
    planned_at: datetime | None
    given_at: datetime | None
    number: str


def place_of(dossier: Dossier) -> Place | None:
    """Phần nào của nhóm nào; None for an ordinary dossier, without asking the database."""
    if dossier.bundle_id is None:
        return None
    bundle = Bundle.objects.with_parts().get(pk=dossier.bundle_id)
    parts = {part.part_id: part for part in bundle.parts.all()}
    own = next(part for part in parts.values() if part.dossier_id == dossier.pk)
    given = {output.link_id: output for output in bundle.outputs.select_related("result")}
    incoming = tuple(
        Incoming(
            output=link.output,
            paper=link.paper,
            agency=parts[link.source_id].dossier.agency.name,
            planned_at=parts[link.source_id].planned_due_at,
            given_at=given[link.pk].given_at if link.pk in given else None,
            number=given[link.pk].result.number if link.pk in given else "",
        )
        for link in bundle.group.links.all()
        if link.target_id == own.part_id
    )
    return Place(bundle, own.position, len(parts), bundle.group.name, incoming)
