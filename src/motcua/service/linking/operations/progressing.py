"""Chuyển kết quả giữa các phần: what one part issues another begins with; what will never come stops who needs it.

Listeners of the events of dossiers: they run in the transaction of the act that issued, ended or returned.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from motcua.core import events
from motcua.core.events import Event
from motcua.core.text import fold
from motcua.core.time import local_date
from motcua.foundation.calendars import clock
from motcua.foundation.calendars.loading import regime_named, work_calendar
from motcua.foundation.identity.models import User
from motcua.service.dossiers.models import Decision, Dossier, Result
from motcua.service.dossiers.operations.linked import begin_part, stop_part, supply
from motcua.service.dossiers.states import CLOSED, ENDED_EARLY, FINISHED, State
from motcua.service.linking.events import BranchStopped, OutputGiven
from motcua.service.linking.models import Bundle, BundlePart, PartLink, PartOutput
from motcua.service.linking.plan import dependants
from motcua.service.linking.reading import needs_of, waits_of


def result_issued(event: Event) -> None:
    """Một phần có kết quả: its output goes to the parts that need it; a refusal is no output.

    Legal: ND118-2025 Đ20.2
    """
    if place := _place(event.subject_id):
        bundle = Bundle.objects.lock(place.bundle_id)
        if _is_refused(place.dossier_id):
            _stop_dependants(bundle, place, "Phần trước bị từ chối giải quyết.", event)
        else:
            _give_outputs(bundle, place, event)
        _begin_ready(bundle, place, event)


def part_ended(event: Event) -> None:
    """Một phần kết thúc không có kết quả (dừng, rút, đóng): those that need its output stop as well."""
    if (place := _place(event.subject_id)) and place.dossier.state in ENDED_EARLY:
        bundle = Bundle.objects.lock(place.bundle_id)
        reason = f"Phần trước {State(place.dossier.state).label.lower()}."
        _stop_dependants(bundle, place, reason, event)
        _begin_ready(bundle, place, event)


def result_returned(event: Event) -> None:
    """Một phần đã trả: the bundle is returned when its last part is."""
    if place := _place(event.subject_id):
        bundle = Bundle.objects.lock(place.bundle_id)
        left = BundlePart.objects.filter(bundle=bundle).exclude(dossier__state__in=sorted(CLOSED))
        if bundle.returned_at is None and not left.exists():
            bundle.returned_at = event.at
            bundle.save(update_fields=["returned_at"])


def _place(dossier_id: UUID) -> BundlePart | None:
    return BundlePart.objects.filter(dossier=dossier_id).select_related("dossier", "part").first()


def _is_refused(dossier_id: UUID) -> bool:
    standing = Decision.objects.filter(dossier=dossier_id, sent_back_at__isnull=True)
    return standing.filter(outcome=Decision.Outcome.REFUSE).exists()


def _give_outputs(bundle: Bundle, source: BundlePart, event: Event) -> None:
    result = Result.objects.select_related("document").get(dossier=source.dossier_id)
    by = User.objects.get(pk=event.actor_id)
    for link in PartLink.objects.filter(source=source.part_id).select_related("target"):
        _output, is_new = PartOutput.objects.get_or_create(
            bundle=bundle, link=link, defaults={"result": result, "given_at": event.at}
        )
        target = BundlePart.objects.select_related("dossier").get(bundle=bundle, part=link.target_id)
        if not is_new or target.dossier.state in ENDED_EARLY:
            continue
        _supply(target.dossier, link, result, by, event.at)
        events.record(
            OutputGiven(
                subject_id=bundle.pk, actor_id=event.actor_id, at=event.at, source=source.dossier_id,
                target=target.dossier_id, output=link.output, number=result.number,
            )
        )  # fmt: skip


def _supply(dossier: Dossier, link: PartLink, result: Result, by: User, at: datetime) -> None:
    wanted = fold(link.paper)
    part = next((part for part in dossier.parts.all() if wanted and fold(part.name) == wanted), None)
    if part is not None:
        said = f"{result.name} số {result.number} ngày {result.issued_on:%d/%m/%Y}, chuyển đến từ phần trước."
        supply(part=part, document=result.document, said=said, by=by, at=at)


def _begin_ready(bundle: Bundle, source: BundlePart, event: Event) -> None:
    """Whatever waited for this part and now waits for nothing else begins; its limit runs by its own agency's calendar."""
    waits = waits_of(bundle.group)
    places = {place.part.key: place for place in _places(bundle)}
    done = {key for key, place in places.items() if place.dossier.state in FINISHED | ENDED_EARLY}
    by = User.objects.filter(pk=event.actor_id).first()
    for key, place in places.items():
        if (
            source.part.key not in waits[key]
            or place.dossier.state != State.AWAITING_OUTPUT
            or not done.issuperset(waits[key])
        ):
            continue
        dossier = place.dossier
        answer = clock.due(
            event.at,
            dossier.limit,
            work_calendar(dossier.agency_id, local_date(event.at)),
            regime_named(dossier.regime),
            starts_after_cutoff_next_day=dossier.revision.starts_next_day_after_cutoff,
        )
        begin_part(dossier_id=dossier.pk, answer=answer, output=source.dossier.matter, by=by, at=event.at)


def _stop_dependants(bundle: Bundle, source: BundlePart, reason: str, event: Event) -> None:
    """Every part that needs what will not come, at once or through others; the rest goes on."""
    places = {place.part.key: place for place in _places(bundle)}
    reached = [places[key] for key in dependants(needs_of(bundle.group), source.part.key)]
    open_ones = [place for place in reached if place.dossier.is_open]
    if not open_ones:
        return
    by = User.objects.filter(pk=event.actor_id).first()
    for place in open_ones:
        stop_part(
            dossier_id=place.dossier_id, because_of=source.dossier.matter,
            reason=f"{reason} Không có kết quả của “{source.dossier.matter}” để giải quyết tiếp.", by=by, at=event.at,
        )  # fmt: skip
    stopped = {place.dossier_id for place in open_ones}
    events.record(
        BranchStopped(
            subject_id=bundle.pk, actor_id=event.actor_id, at=event.at, source=source.dossier_id, reason=reason,
            stopped=sorted(stopped),
            going_on=[
                place.dossier_id
                for place in places.values()
                if place.dossier_id not in stopped and place.dossier.is_open
            ],
        )
    )  # fmt: skip


def _places(bundle: Bundle) -> list[BundlePart]:
    return list(BundlePart.objects.filter(bundle=bundle).select_related("part", "dossier__revision"))
