"""Chuyển tiếp: what a new version means for dossiers on their way: looked at first, ordered, carried out, taken back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.http import HttpRequest, HttpResponse

from motcua.core.errors import DomainError
from motcua.core.ids import as_key
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import Dossier, Transition, TransitionItem
from motcua.service.dossiers.operations import migrating, migrating_back
from motcua.service.dossiers.operations.migrating import Progress
from motcua.service.dossiers.transitions import Group, groups, in_groups
from motcua.service.workflows.blueprint import Blueprint, StepKind
from motcua.service.workflows.models import Workflow
from motcua.web.admin.workflows import RULES, WorkflowPages, read_rule
from motcua.web.ui.environment import query

SHOWN = 50
Rule, Result = Transition.Rule, TransitionItem.Result
LOOKS = {
    "MOVED": ("Đã chuyển", "check-circle-fill", "ok"),
    "REFUSED": ("Không chuyển được", "exclamation-triangle", "late"),
    "UNDONE": ("Đã hoàn lại", "arrow-counterclockwise", "plain"),
    "KEPT": ("Không hoàn lại được", "lock", "soon"),
}


@dataclass(frozen=True)
class Standing:
    """Một hồ sơ trong danh sách xem trước; `is_known`: the reader may open it."""

    dossier: Dossier
    group: Group
    is_known: bool


def step_choices(blueprint: Blueprint) -> list[tuple[str, str]]:
    """The steps that a dossier can be said not to have come to yet."""
    return [
        (step.key, step.name)
        for step in blueprint.steps
        if step.kind not in {StepKind.RECEIVE, StepKind.RETURN}
    ]


class Preview(WorkflowPages):
    """Xem trước và quyết định: by ?rule= and ?before_step=; the list of one group by ?group=, by keyset."""

    def get(self, request: HttpRequest, workflow_id: int) -> HttpResponse:
        workflow = self.workflow(workflow_id)
        typed = request.POST if request.method == "POST" else request.GET
        rule = typed.get("rule", "")
        rule = rule if rule in Rule.values else Rule.ALL_OPEN.value
        before = typed.get("before_step", "")
        found = groups(workflow, rule, before)
        chosen = [group for group in found if group.mark == request.GET.get("group")] or [
            group for group in found if group.is_chosen
        ]
        rows, following = self._dossiers(workflow, chosen)
        orders = Transition.objects.filter(workflow=workflow).select_related("ordered_by")
        return self.render(
            "admin/transitions/new.html",
            workflow=workflow,
            rule=rule,
            before=before,
            rules=RULES,
            steps=step_choices(workflow.blueprint),
            groups=found,
            moving=sum(group.count for group in found if group.will_move),
            stuck=sum(group.count for group in found if group.is_stuck),
            staying=sum(group.count for group in found if not group.is_chosen),
            rows=rows,
            following=following,
            orders=list(orders.order_by("-ordered_at")),
            may_order=workflow.state == Workflow.State.PUBLISHED
            and self.may(Permission.PUBLISH_WORKFLOWS, workflow.agency_id),
        )

    def post(self, request: HttpRequest, workflow_id: int) -> HttpResponse:
        workflow, reader = self.mine(workflow_id, Permission.PUBLISH_WORKFLOWS), self.read()
        rule, before, basis = read_rule(reader)
        reader.check()
        made = migrating.order(
            workflow_id=workflow.pk,
            rule=rule,
            before_step=before,
            legal_basis=basis,
            by=self.user,
            at=self.at,
        )
        return self.done(
            "Đã ghi quyết định chuyển tiếp. Bấm Chuyển hồ sơ để bắt đầu.", "admin:transition", made.pk
        )

    def _dossiers(self, workflow: Workflow, chosen: list[Group]) -> tuple[list[Standing], str]:
        """The dossiers of the groups, by key; who may not open one sees its code and its step alone."""
        asked = in_groups(workflow, chosen)
        if after := as_key(self.request.GET.get("after", "")):
            asked = asked.filter(pk__gt=after)
        rows = list(asked[: SHOWN + 1])
        by_place = {(one.workflow_id, one.step, one.kind, one.state): one for one in chosen}
        known = visible(self, (row.pk for row in rows))
        shown = [
            Standing(
                row, by_place[row.workflow_id or 0, row.step_key, row.step_kind, row.state], row.pk in known
            )
            for row in rows[:SHOWN]
        ]
        following = query(self.request, after=rows[SHOWN - 1].pk) if len(rows) > SHOWN else ""
        return shown, following


class Carrying(WorkflowPages):
    """Một đợt chuyển tiếp: how far it is, what became of each, the rest of it at a press."""

    def get(self, request: HttpRequest, transition_id: UUID) -> HttpResponse:
        return self._show("admin/transitions/show.html", self.ordered(transition_id))

    def post(self, request: HttpRequest, transition_id: UUID) -> HttpResponse:
        """The next part; a script asks again by itself until nothing is left."""
        ordered = self.ordered(transition_id)
        self.require(Permission.PUBLISH_WORKFLOWS, ordered.workflow.agency_id)
        part = self.carry(ordered)
        ordered = self.ordered(transition_id)
        if self.is_fragment:
            return self._show("admin/transitions/_progress.html", ordered, part)
        if part.left:
            return self.go(request.path)
        return self.done(self.sentence(ordered), "admin:transition", ordered.pk)

    def carry(self, ordered: Transition) -> Progress:
        return migrating.carry_on(transition_id=ordered.pk, by=self.user, at=self.at)

    def sentence(self, ordered: Transition) -> str:
        return "Đã xét hết hồ sơ của đợt chuyển tiếp."

    def ordered(self, transition_id: UUID) -> Transition:
        found = (
            Transition.objects.select_related(
                "workflow__procedure", "workflow__agency", "ordered_by", "undone_by"
            )
            .filter(pk=transition_id)
            .first()
        )
        if found is None:
            raise self.missing("Không có đợt chuyển tiếp này.")
        return found

    def _show(self, template: str, ordered: Transition, part: Progress | None = None) -> HttpResponse:
        counts = counts_of(ordered)
        if ordered.undone_at is not None:
            left, total = counts["MOVED"], sum(counts[name] for name in ("MOVED", "UNDONE", "KEPT"))
        else:
            left = migrating.left_of(ordered).count() if ordered.is_going_on else 0
            total = left + sum(counts.values())
        shown = self.request.GET.get("result", "")
        items = ordered.items.select_related("dossier").order_by("id")
        if shown in Result.values:
            items = items.filter(result=shown)
        after = self.request.GET.get("after", "")
        if after.isdecimal() and len(after) < 19:
            items = items.filter(pk__gt=int(after))
        rows = list(items[: SHOWN + 1])
        return self.render(
            template,
            ordered=ordered,
            workflow=ordered.workflow,
            counts=self._figures(counts, shown),
            looks=LOOKS,
            left=left,
            total=total,
            is_running=part is not None and part.left > 0 and part.done + part.refused > 0,
            rows=rows[:SHOWN],
            known=visible(self, (row.dossier_id for row in rows)),
            following=query(self.request, after=rows[SHOWN - 1].pk) if len(rows) > SHOWN else "",
            may=self.may(Permission.PUBLISH_WORKFLOWS, ordered.workflow.agency_id),
            is_undoable=ordered.rule != Rule.NEW_ONLY and ordered.is_undoable(self.at),
            is_back=ordered.undone_at is not None,
        )

    def _figures(self, counts: dict[str, int], shown: str) -> list[tuple[int, str, str, str, bool]]:
        """What became of how many, each a link to those alone."""
        return [
            (
                counts[name],
                LOOKS[name][0],
                query(self.request, result=name, after=None),
                LOOKS[name][2],
                name == shown,
            )
            for name in Result.values
            if counts[name]
        ]


class TakingBack(Carrying):
    """Hoàn lại trong 24 giờ."""

    any_of = ()
    permission = Permission.PUBLISH_WORKFLOWS

    def carry(self, ordered: Transition) -> Progress:
        return migrating_back.undo_some(transition_id=ordered.pk, by=self.user, at=self.at)

    def sentence(self, ordered: Transition) -> str:
        counts = counts_of(ordered)
        kept = f" {counts['KEPT']} hồ sơ không hoàn lại được, lý do ở từng dòng." if counts["KEPT"] else ""
        return f"Đã đưa {counts['UNDONE']} hồ sơ về phiên bản cũ.{kept}"

    def again(self, refusal: DomainError, *args: Any, **kwargs: Any) -> Any:
        page = Carrying()
        page.setup(self.request)
        page.form, page.status = self.form, self.status
        return page.get(self.request, *args, **kwargs)


def counts_of(ordered: Transition) -> dict[str, int]:
    found = dict(ordered.items.values_list("result").annotate(count=Count("pk")))
    return {name: found.get(name, 0) for name in Result.values}


def visible(page: WorkflowPages, keys: Iterable[UUID]) -> set[UUID]:
    """Which of these dossiers the reader may open."""
    return set(
        Dossier.objects.visible_to(page.user, page.at).filter(pk__in=list(keys)).values_list("pk", flat=True)
    )
