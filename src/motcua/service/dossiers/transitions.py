"""Xem trước chuyển tiếp: which dossiers a new version would take over, where each lands, which cannot and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from motcua.service.dossiers.models import Dossier, Transition
from motcua.service.dossiers.states import WAITING
from motcua.service.workflows.blueprint import Step
from motcua.service.workflows.landing import comes_before, landing
from motcua.service.workflows.models import Workflow

if TYPE_CHECKING:
    from motcua.service.dossiers.querysets import DossierQuerySet
    from motcua.service.workflows.engine import Compiled

Rule = Transition.Rule


@dataclass(frozen=True)
class Group:
    """Nhóm hồ sơ that stand alike: at one step of one version. `lands_on` None: `why` says what keeps them."""

    workflow_id: int
    version: int
    step: str
    step_name: str
    kind: str
    state: str
    count: int
    lands_on: Step | None
    why: str
    is_chosen: bool  # the rule wants them moved

    @property
    def will_move(self) -> bool:
        return self.is_chosen and self.lands_on is not None

    @property
    def is_stuck(self) -> bool:
        return self.is_chosen and self.lands_on is None

    @property
    def mark(self) -> str:
        """What of an address names this group."""
        return f"{self.workflow_id}.{self.step}.{self.state}"

    def asks(self) -> Q:
        return Q(workflow_id=self.workflow_id, step_key=self.step, step_kind=self.kind, state=self.state)


def on_older_versions(workflow: Workflow) -> DossierQuerySet:
    """Hồ sơ đang đi theo phiên bản khác that this one could take over: open, of its procedure and its agency."""
    dossiers = Dossier.objects.open().filter(procedure=workflow.procedure_id).exclude(workflow_id=workflow.pk)
    if workflow.agency_id is not None:
        return dossiers.filter(agency=workflow.agency_id)
    versions = Workflow.objects.of(workflow.procedure_id, None).values_list("pk", flat=True)
    return dossiers.filter(workflow_id__in=list(versions))


def groups(workflow: Workflow, rule: str, before_step: str = "") -> list[Group]:
    """Xem trước theo nhóm: however many dossiers there are, two queries; in the order of the new version's steps."""
    rows = on_older_versions(workflow).values_list(
        "workflow_id", "step_key", "step_name", "step_kind", "state"
    )
    counted = list(rows.annotate(count=Count("pk")).order_by("workflow_id", "step_key", "state"))
    versions = dict(
        Workflow.objects.filter(pk__in={row[0] for row in counted if row[0]}).values_list("pk", "version")
    )
    found = [
        _group(workflow.compiled, versions.get(row[0], 0), row, rule, before_step)
        for row in counted
        if row[0] is not None
    ]
    places = {step.key: place for place, step in enumerate(workflow.blueprint.steps)}
    return sorted(
        found, key=lambda one: places.get(one.lands_on.key if one.lands_on else one.step, len(places))
    )


def _group(
    compiled: Compiled, version: int, row: tuple[int, str, str, str, str, int], rule: str, before_step: str
) -> Group:
    workflow_id, key, name, kind, state, count = row
    land = landing(compiled, key=key, name=name, kind=kind)
    step, why = land.step, land.why
    if step is not None and state in WAITING and step.key != key:
        step, why = (
            None,
            f"Hồ sơ đang chờ ở bước “{name}” mà phiên bản mới không có; chuyển khi tính tiếp thời hạn.",
        )
    chosen = rule == Rule.ALL_OPEN
    if rule == Rule.BEFORE_STEP:
        chosen = step is None or comes_before(compiled.blueprint, step.key, before_step)
    return Group(workflow_id, version, key, name, kind, state, count, step, why, chosen)


def in_groups(workflow: Workflow, chosen: Sequence[Group]) -> DossierQuerySet:
    """Hồ sơ của các nhóm, by key."""
    if not chosen:
        return Dossier.objects.none()
    asked = Q()
    for group in chosen:
        asked |= group.asks()
    return on_older_versions(workflow).filter(asked).order_by("id")
