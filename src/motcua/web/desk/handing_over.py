"""Bàn giao công việc: choose whose work, see who would get what and why, change it, and do it as one recorded act."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.core.ids import as_key, new_id
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import Agency
from motcua.service.dossiers.fairness import Hand
from motcua.service.dossiers.models import Dossier, HandingOver
from motcua.service.dossiers.operations.handing_over import Proposal, hand_over, propose_receivers
from motcua.service.dossiers.operations.together import MOST
from motcua.service.dossiers.querysets import DossierQuerySet
from motcua.web.desk.base import DeskPage
from motcua.web.ui.promises import Promise, promise_of
from motcua.web.ui.together import key_of, set_to_work

MAY = (Permission.ASSIGN, Permission.MANAGE_STAFF)


@dataclass(frozen=True, slots=True)
class Line:
    """Một dòng của bản xem trước: `chosen` is whoever stands in the field now."""

    proposal: Proposal
    promise: Promise
    chosen: str
    options: list[tuple[str, str]]


class Givers(DeskPage):
    """Ai bàn giao: those who hold dossiers where this person may move them, agencies, and what has lost its holder."""

    any_of = MAY

    def get(self, request: HttpRequest) -> HttpResponse:
        movable = Dossier.objects.open().movable_by(self.user, self.at).filter(holder__isnull=False)
        counted = (
            movable.order_by()
            .values("holder", "holder__full_name", "holder__is_active")
            .annotate(held=Count("pk"), late=Count("pk", filter=Q(due_at__lt=self.at)))
            .order_by("-held", "holder__full_name")
        )
        agencies = movable.order_by().values("agency", "agency__name").annotate(held=Count("pk"))
        return self.render(
            "desk/handing_over/index.html",
            people=list(counted[:MOST]),
            agencies=list(agencies.order_by("agency__name")),
            forlorn=Dossier.objects.movable_by(self.user, self.at).forlorn(self.at).count(),
        )


class HandOver(DeskPage):
    """Xem trước và bàn giao: every dossier with its proposed receiver; what nobody can take says why."""

    any_of = MAY

    def get(self, request: HttpRequest) -> HttpResponse:
        giver, agency = self.giver(), self.agency()
        held = self.held(giver, agency)
        dossiers = list(held.with_names().in_lawful_order()[:MOST])
        proposals = propose_receivers(dossiers, giver_id=giver.pk if giver else None, at=self.at)
        lines = [self.line(proposal) for proposal in proposals]
        return self.render(
            "desk/handing_over/edit.html",
            giver=giver,
            agency=agency,
            total=held.count() if len(dossiers) == MOST else len(dossiers),
            lines=lines,
            without=sum(not line.options for line in lines),
            everybody=everybody(proposals),
            shares=shares(lines),
            reasons=HandingOver.Reason.choices,
            key=self.form.value("key") or str(new_id()),
            all_to=self.all_to,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        if "apply" in request.POST:  # one receiver for all of them, to look at before it is done
            return self.get(request)
        reason = reader.choice("reason", HandingOver.Reason.values, required="Hãy chọn lý do bàn giao.")
        note = reader.text("note", longest=200)
        reader.check()
        receivers = {
            pk: receiver
            for pk in map(as_key, reader.several("id"))
            if pk and (receiver := as_key(str(reader.typed.get(f"to-{pk}") or "")))
        }
        act = hand_over(
            bulk_id=key_of(str(reader.typed.get("key") or ""), "HAND_OVER", (), receivers),
            receivers=receivers,
            reason=reason,
            note=note,
            giver=self.giver(),
            agency=self.agency(),
            by=self.user,
            at=self.at,
        )
        set_to_work(act, self)
        return self.go(f"{reverse('desk:bulk-act', args=[act.pk])}?next={reverse('desk:handing-over')}")

    def giver(self) -> User | None:
        key = self.request.GET.get("nguoi", "")
        person: User | None = User.objects.filter(pk=as_key(key)).first() if as_key(key) else None
        if key and person is None:
            raise self.missing("Không có người này.")
        return person

    def agency(self) -> Agency | None:
        key = self.request.GET.get("co-quan", "")
        found = Agency.objects.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 10 else None
        if key and found is None:
            raise self.missing("Không có cơ quan này.")
        return found

    def held(self, giver: User | None, agency: Agency | None) -> DossierQuerySet:
        """What is to be handed over: of the person, of the agency, or what has lost its holder."""
        movable = Dossier.objects.open().movable_by(self.user, self.at)
        if giver:
            return movable.filter(holder=giver)
        return movable.filter(holder__isnull=False, agency=agency) if agency else movable.forlorn(self.at)

    @property
    def all_to(self) -> str:
        return str(self.form.value("all_to")) if self.form.typed is not None else ""

    def line(self, proposal: Proposal) -> Line:
        dossier = proposal.dossier
        options = [(str(hand.key), hand.name) for hand in proposal.possible]
        suggested = str(proposal.receiver.key) if proposal.receiver else ""
        typed = str(self.form.value(f"to-{dossier.pk}", suggested))
        wanted = self.all_to if "apply" in self.request.POST and self.all_to else typed
        chosen = wanted if wanted in dict(options) or not wanted else suggested
        return Line(
            proposal, promise_of(dossier.due_at, at=self.at, agency_id=dossier.agency_id), chosen, options
        )


def everybody(proposals: Iterable[Proposal]) -> list[tuple[str, str]]:
    """All who could receive something, by name."""
    hands: dict[UUID, Hand] = {hand.key: hand for proposal in proposals for hand in proposal.possible}
    return [
        (str(hand.key), hand.name) for hand in sorted(hands.values(), key=lambda hand: (hand.name, hand.key))
    ]


def shares(lines: Iterable[Line]) -> list[tuple[str, int]]:
    """How many each would get."""
    names: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for line in lines:
        names.update(line.options)
        if line.chosen:
            counts[line.chosen] += 1
    return [(names[key], count) for key, count in counts.most_common()]
