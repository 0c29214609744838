"""Trường hợp của tôi: the papers, ways, fees and limits that are left of a revision after a person's answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from motcua.service.procedures.models import Case, Paper, Revision
from motcua.service.procedures.models.parts import once
from motcua.service.procedures.questions import OptionFacts, QuestionFacts, chosen
from motcua.service.procedures.wording import limit_in_words


class Standing(StrEnum):
    """Phải nộp hay không."""

    NEEDED = "NEEDED"
    IF_ANY = "IF_ANY"
    HELD = "HELD"


@dataclass(frozen=True)
class NeededPaper:
    """Một giấy tờ của tôi."""

    paper: Paper
    standing: Standing


@dataclass(frozen=True)
class Way:
    """Một cách nộp, with its limit and cost in this case."""

    kind: str
    label: str
    limit: str
    fees: str
    note: str


@dataclass(frozen=True)
class Narrowed:
    """Thủ tục trong trường hợp của tôi. `open_cases`: papers of cases among which nothing has been chosen yet."""

    questions: tuple[QuestionFacts, ...]
    answered: int
    case: Case | None
    papers: tuple[NeededPaper, ...]
    open_cases: tuple[tuple[Case, tuple[NeededPaper, ...]], ...]
    notes: tuple[Paper, ...]
    ways: tuple[Way, ...]

    def of(self, standing: str) -> list[NeededPaper]:
        return [one for one in self.papers if one.standing == standing]


def narrow(revision: Revision, answers: Mapping[int, int]) -> Narrowed:
    """Thu hẹp theo câu trả lời; with none it is the whole procedure."""
    questions = revision.asked_questions()
    said = chosen(questions, answers)
    groups = list(revision.groups.all())
    case = next((groups[option.case] for option in said if option.case is not None), None)
    papers = list(revision.papers.all())
    standings = {paper.pk: _standing(paper, place, said) for place, paper in enumerate(papers)}
    kept = [
        NeededPaper(paper, standing)
        for paper in revision.papers_of(case)
        if (standing := standings[paper.pk]) is not None
    ]
    waiting = () if case else revision.cases
    return Narrowed(
        questions=questions,
        answered=len(said),
        case=case,
        papers=tuple(kept),
        open_cases=tuple((one, _of_case(one, papers, standings)) for one in waiting),
        notes=tuple(revision.notes_of(case)),
        ways=tuple(_ways(revision, case, is_free=any(option.is_free for option in said))),
    )


def _standing(paper: Paper, place: int, said: list[OptionFacts]) -> Standing | None:
    """None: not for this person."""
    if any(place in option.drops for option in said):
        return None
    if paper.held_in:
        return Standing.HELD
    is_needed = paper.is_required or any(place in option.needs for option in said)
    return Standing.NEEDED if is_needed else Standing.IF_ANY


def _of_case(
    case: Case, papers: list[Paper], standings: Mapping[int, Standing | None]
) -> tuple[NeededPaper, ...]:
    mine = [paper for paper in papers if paper.case_id == case.pk and not paper.is_note]
    return tuple(NeededPaper(paper, standing) for paper in mine if (standing := standings[paper.pk]))


def _ways(revision: Revision, case: Case | None, *, is_free: bool) -> list[Way]:
    found = []
    for channel in revision.channels.all():
        own = next((str(row) for row in channel.case_limits.all() if case and row.case_id == case.pk), "")
        fees = [fee.in_words for fee in channel.fees.all() if fee.case_id in {None, case and case.pk}]
        plain = limit_in_words(channel.limit_value, channel.limit_unit, channel.limit_text)
        found.append(
            Way(
                kind=channel.kind,
                label=channel.label,
                limit=own or (plain if case else channel.limits_in_words),
                fees="Miễn phí cho trường hợp của bạn" if is_free else "; ".join(once(fees)) or "Miễn phí",
                note=channel.note,
            )
        )
    return found
