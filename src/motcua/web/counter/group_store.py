"""Kho giấy tờ của một bộ liên thông: what is held answers a paper of the whole, in each part that asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from motcua.service.dossiers.store import Reuse
from motcua.service.holdings.finding import held_for_all
from motcua.service.holdings.models import HeldPaper
from motcua.service.linking.reading import Checklist


def held_of(checklist: Checklist, applicant_id: UUID, on: date) -> dict[int, HeldPaper]:
    """Đã có trong kho: by the paper that stands for all; enough that one of its procedures knows what it is."""
    found: dict[int, HeldPaper] = {}
    for branch in checklist.branches:
        papers = {
            asked.papers[branch.key].pk: asked for asked in checklist.asked if branch.key in asked.papers
        }
        held = held_for_all(
            applicant_id,
            [asked.papers[branch.key] for asked in papers.values()],
            procedure_id=branch.offering.procedure_id,
            on=on,
        )
        for paper_id, one in held.items():
            found.setdefault(papers[paper_id].paper.pk, one)
    return found


def reuse_each(checklist: Checklist, reuse: Reuse | None) -> Mapping[str, Reuse]:
    """Dùng lại, by the key of the part: each of them uses it, and its own ledger says so."""
    if reuse is None:
        return {}
    each: dict[str, dict[int, UUID]] = {}
    for asked in checklist.asked:
        if (held := reuse.held.get(asked.paper.pk)) is not None:
            for key, paper in asked.papers.items():
                each.setdefault(key, {})[paper.pk] = held
    return {key: Reuse(held, reuse.means) for key, held in each.items()}
