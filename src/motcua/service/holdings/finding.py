"""Tìm trong kho: what a person need not bring, for the papers of a procedure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db.models import Q

from motcua.core.asking import Asked
from motcua.core.text import fold
from motcua.foundation.identity.models import Applicant
from motcua.service.holdings.models import NAMED, HeldPaper, PaperMatch, PaperType
from motcua.service.procedures.models import Paper

Role = PaperMatch.Role
# Asked at each reception, and mostly in vain.
REUSABLE = Asked(
    lambda holder, day: HeldPaper.objects.of(holder).reusable_on(day).select_related("paper_type", "dossier")
)


def held_for(applicant: Applicant, paper: Paper, on: date) -> HeldPaper | None:
    """Đã có trong kho: what this person holds, valid on that day, that answers this paper; None: it must be brought."""
    return held_for_all(applicant.pk, [paper], procedure_id=paper.revision.procedure_id, on=on).get(paper.pk)


def held_for_all(
    applicant_id: UUID, papers: Sequence[Paper], *, procedure_id: int, on: date
) -> dict[int, HeldPaper]:
    """The same for all papers of one procedure, by the keys of the papers; two questions, however many papers."""
    held = held_by_names(applicant_id, {paper.name for paper in papers}, procedure_id=procedure_id, on=on)
    return {paper.pk: held[paper.name] for paper in papers if paper.name in held}


def held_by_names(
    applicant_id: UUID, names: Iterable[str], *, procedure_id: int, on: date
) -> dict[str, HeldPaper]:
    """By what the procedure calls its papers. The most trusted comes first, then the one that is valid longest."""
    by_type: dict[int, HeldPaper] = {}
    for held in sorted(REUSABLE.all(holder=applicant_id, day=on), key=_worth):
        if held.paper_type_id is not None:
            by_type[held.paper_type_id] = held
    if not by_type:
        return {}
    types = types_of_names(names, procedure_id=procedure_id, role=Role.ASKED, among=by_type)
    return {name: by_type[paper_type] for name, paper_type in types.items()}


def types_of_names(
    names: Iterable[str], *, procedure_id: int | None, role: str, among: Mapping[int, object] | None = None
) -> dict[str, int]:
    """Loại của giấy mang tên này: a match of the procedure itself goes before one of every procedure."""
    keys = {name: fold(name)[:NAMED] for name in names}
    known = Q(name_folded__in=set(keys.values()) - {""})
    if role == Role.RESULT:
        known |= Q(name_folded="", procedure=procedure_id)
    matches = PaperMatch.objects.filter(known, Q(procedure=None) | Q(procedure=procedure_id), role=role)
    if among is not None:
        matches = matches.filter(paper_type__in=list(among))
    found = {
        match.name_folded: match.paper_type_id
        for match in sorted(matches, key=lambda one: one.procedure_id or 0)
    }
    anything = found.get("")
    answers = {name: found.get(key, anything) for name, key in keys.items()}
    return {name: answer for name, answer in answers.items() if answer is not None}


def types_asked(papers: Sequence[Paper], *, procedure_id: int) -> list[PaperType]:
    """Loại giấy tờ mà thủ tục cần, of those papers that have a type."""
    known = types_of_names({paper.name for paper in papers}, procedure_id=procedure_id, role=Role.ASKED)
    return list(PaperType.objects.filter(pk__in=known.values()))


def type_named(
    name: str, *, procedure_id: int | None, role: str = Role.ASKED, code: str = ""
) -> PaperType | None:
    """Loại giấy tờ: by its code where that is known, else by its name."""
    if code and (known := PaperType.objects.filter(code=code).first()):
        return known
    key = types_of_names([name], procedure_id=procedure_id, role=role).get(name)
    return PaperType.objects.filter(pk=key).first() if key else None


def _worth(held: HeldPaper) -> tuple[int, date, date]:
    """Later in this order is better."""
    trusts = [
        HeldPaper.Trust.RECEIVED,
        HeldPaper.Trust.CHECKED,
        HeldPaper.Trust.ISSUED,
        HeldPaper.Trust.SIGNED,
    ]
    return trusts.index(HeldPaper.Trust(held.trust)), held.valid_until or date.max, held.issued_on or date.min
