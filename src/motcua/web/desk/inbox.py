"""Việc hôm nay: what waits for this person, in the lawful order, with one sentence that says how the day stands."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse

from motcua.core.ids import new_id
from motcua.foundation.identity.access import Access
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import Consultation, Dossier, Supplement
from motcua.service.dossiers.operations.steps import look_at, look_through
from motcua.service.dossiers.querysets import DossierQuerySet
from motcua.service.dossiers.states import State
from motcua.service.workflows.blueprint import AT_COUNTER, StepKind
from motcua.service.workflows.models import Task
from motcua.service.workflows.querysets import TaskQuerySet
from motcua.web.desk.acts import bulk_acts, bulk_keys
from motcua.web.desk.apologies import waiting_for
from motcua.web.desk.base import AT_DESK, SEEN, DeskPage
from motcua.web.desk.paging import MOST, SIZE, slice_of
from motcua.web.desk.sheet import sheet_of
from motcua.web.desk.wanted import TABS, Wanted, kept_for, midnight_after
from motcua.web.ui.deadlines import alarmed
from motcua.web.ui.dossiers import dossier_promise
from motcua.web.ui.promises import Promise

NOT_IN_LIST = AT_COUNTER | {StepKind.CONSULT}  # steps that have lists of their own


@dataclass(frozen=True, slots=True)
class Row:
    """Một dòng."""

    dossier: Dossier
    promise: Promise
    is_step_late: bool
    waits_until: datetime | None = None  # of what the applicant is asked to bring
    reminded_on: date | None = None
    acts: tuple[str, ...] = ()  # of the bulk bar, that this reader can do with it


@dataclass(frozen=True)
class Inbox:
    """Hộp việc of one person at one moment; each queryset is one of the tabs."""

    user: User
    access: Access
    at: datetime

    def dossiers(self, tab: str) -> DossierQuerySet:
        if tab == "cho-nhan":
            return self.waiting
        if tab == "cho-dan":
            return self.standing_still
        return self.of_unit if tab == "don-vi" else self.mine

    @property
    def mine(self) -> DossierQuerySet:
        """Của tôi: what this person holds at any open step; those of the counter and opinions have their own lists."""
        running = Dossier.objects.running()
        if self._holds_beside:
            return running.with_open_task(self._tasks.filter(holder=self.user))
        return running.filter(holder=self.user).exclude(step_kind__in=sorted(NOT_IN_LIST))

    @property
    def standing_still(self) -> DossierQuerySet:
        """Chờ người dân: what this person holds while the next word is the applicant's."""
        still = Dossier.objects.standing_still()
        if self._holds_beside:
            return still.with_open_task(Task.objects.open().filter(holder=self.user))
        return still.filter(holder=self.user)

    @cached_property
    def _holds_beside(self) -> bool:
        """Holds a step beside others; else what the dossiers show is all, and their own index finds it in order."""
        return Task.objects.beside().filter(holder=self.user).exists()

    @cached_property
    def waiting(self) -> DossierQuerySet:
        """Chờ nhận: nobody holds it, and the step is for a role that this person has there."""
        by_roles: dict[frozenset[str], list[int]] = {}
        places = frozenset().union(*(self.access.where(permission) for permission in AT_DESK))
        for agency_id in sorted(places):
            by_roles.setdefault(frozenset(self.access.roles(agency_id)), []).append(agency_id)
        wanted = Q(pk__in=[])
        for roles, agency_ids in by_roles.items():
            wanted |= Q(agency__in=agency_ids, role__in=sorted(roles))
        waiting = self._tasks.filter(wanted, holder__isnull=True)
        return Dossier.objects.running().with_open_task(waiting)

    @property
    def _tasks(self) -> TaskQuerySet:
        return Task.objects.open().exclude(kind__in=sorted(NOT_IN_LIST))

    @property
    def of_unit(self) -> DossierQuerySet:
        """Cả đơn vị: everything open at the agencies whose dossiers this person may see."""
        return Dossier.objects.open().filter(agency__in=self.access.agencies(Permission.SEE))

    def count(self, tab: str) -> dict[str, int]:
        """How the tab stands, in one question: all, overdue, due until midnight."""
        counted: dict[str, int] = self.dossiers(tab).aggregate(
            all=Count("pk"),
            late=Count("pk", filter=Q(due_at__lt=self.at)),
            today=Count("pk", filter=Q(due_at__gte=self.at, due_at__lt=midnight_after(self.at))),
        )
        return counted

    def asked(self) -> int:
        """Bao nhiêu câu hỏi ý kiến chờ nơi này trả lời."""
        agencies = self.access.agencies(Permission.PROCESS)
        return Consultation.objects.open().filter(agency__in=agencies).count() if agencies else 0

    def following(self, dossier: Dossier, tab: str) -> Dossier | None:
        """Hồ sơ tiếp theo in the list: what comes after this one, or else the first."""
        others = self.dossiers(tab).exclude(pk=dossier.pk).in_lawful_order()
        return others.page_after(dossier.due_at, dossier.pk).first() or others.first()


class Index(DeskPage):
    """Bàn làm việc."""

    def get(self, request: HttpRequest) -> HttpResponse:
        inbox = Inbox(self.user, self.access, self.at)
        tab = request.GET.get("muc", "")
        counts = {key: inbox.count(key) for key in ("cua-toi", "cho-nhan", "cho-dan")}
        if tab not in TABS:
            tab = "cho-nhan" if not counts["cua-toi"]["all"] and counts["cho-nhan"]["all"] else "cua-toi"
        count = counts.get(tab) or inbox.count(tab)
        wanted = Wanted.read(request.GET)
        found = wanted.among(inbox.dossiers(tab), self.at)
        size = MOST if request.GET.get("so") == str(MOST) else SIZE
        page = slice_of(found, after=request.GET.get("sau", ""), size=size)
        opened = self.opened(request.GET.get("mo", ""))
        show_own_steps(page.dossiers, self.user, self.access)
        acts = bulk_acts(self.access, is_mine=tab == "cua-toi")
        lawful = {one.pk: bulk_keys(one, self.user, self.access) for one in page.dossiers} if acts else {}
        return self.render(
            "desk/inbox/index.html",
            **(sheet_of(self, opened, tab) if opened else {"tab": tab}),
            tabs=[(label, key, counts.get(key, {}).get("all")) for key, label in TABS.items()],
            count=count,
            asked=inbox.asked(),
            apologies=waiting_for(self.access, self.at),
            soon=alarmed(self.user, self.at).count(),
            sentence=sentence(tab, count),
            due=wanted.han,
            text=wanted.q,
            wanted=wanted,
            kept=kept_for(self.user, self.access, tab=tab, wanted=wanted),
            rows=rows_of(page.dossiers, self.at, lawful),
            next=page.next,
            is_later=bool(request.GET.get("sau")),
            most=MOST if size < MOST else 0,
            acts=acts,
            key=str(new_id()),
            opened=opened,
        )

    def opened(self, key: str) -> Dossier | None:
        """Hồ sơ đang mở bên cạnh; one that is gone or hidden is simply not open."""
        try:
            dossier_id = UUID(key)
        except ValueError:
            return None
        agencies = self.access.agencies(Permission.SEE)
        return SEEN.first(dossier_id=dossier_id, agencies=agencies, holder_id=self.user.pk)


def show_own_steps(dossiers: Iterable[Dossier], user: User, access: Access) -> None:
    """Let each dossier with several open steps show the reader's own: the one in their hands, or waiting for them."""
    tasks: dict[UUID, list[Task]] = {}
    for task in (
        Task.objects.open().filter(dossier_id__in=[one.pk for one in dossiers]).select_related("holder")
    ):
        tasks.setdefault(task.dossier_id, []).append(task)
    for dossier in dossiers:
        still = tasks.get(dossier.pk, [])
        if len(still) < 2 or dossier.holder_id == user.pk:
            continue
        own = next((task for task in still if task.holder_id == user.pk), None)
        if own:
            look_through(dossier, own)
        else:
            look_at(dossier, user, access, tasks=still)


def rows_of(
    dossiers: Iterable[Dossier], at: datetime, acts: Mapping[UUID, Collection[str]] | None = None
) -> list[Row]:
    """`acts`: what the reader can do with each, where several may be ticked."""
    dossiers = list(dossiers)
    waiting = [one.pk for one in dossiers if one.state == State.AWAITING_SUPPLEMENT]
    until = dict(Supplement.objects.awaited_of(waiting)) if waiting else {}
    return [
        Row(
            one,
            dossier_promise(one, at),
            bool(one.step_due_at and one.step_due_at < at),
            until.get(one.pk),
            getattr(one, "reminded_on", None),
            tuple((acts or {}).get(one.pk, ())),
        )
        for one in dossiers
    ]


def sentence(tab: str, count: dict[str, int]) -> str:
    """Hôm nay 12 hồ sơ phải trả, 3 quá hạn."""
    who = {
        "cua-toi": "Bạn đang giữ",
        "cho-nhan": "Đang chờ nhận",
        "cho-dan": "Đang chờ người dân",
        "don-vi": "Đơn vị đang giải quyết",
    }[tab]
    if not count["all"]:
        return {
            "cua-toi": "Bạn không giữ hồ sơ nào.",
            "cho-nhan": "Không có hồ sơ nào chờ nhận.",
            "cho-dan": "Không có hồ sơ nào của bạn chờ người dân.",
            "don-vi": "Đơn vị không có hồ sơ nào đang giải quyết.",
        }[tab]
    if tab == "cho-dan":
        return f"{who} {count['all']} hồ sơ: thời hạn đang dừng, chưa phải làm gì."
    words = [
        f"{count['today']} phải trả hôm nay" if count["today"] else "",
        f"{count['late']} quá hạn" if count["late"] else "",
    ]
    said = ", ".join(word for word in words if word)
    return f"{who} {count['all']} hồ sơ" + (
        f": {said}." if said else ", không hồ sơ nào phải trả hôm nay hay quá hạn."
    )
