"""Tìm thủ tục: two questions to the database whatever the size of the catalogue, best first.

The first asks which words of the index the phrase may mean (a slip away from what was typed), the second adds up what
those words say of each procedure: rare words more than common ones, whole everyday names more than words of a field.
Its parts are materialized: on tables that were filled a moment ago and have no statistics yet, the planner would
otherwise ask who takes a procedure in once for each word of the index, which takes half a minute.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q

from motcua.service.procedures.models import Procedure, SearchTerm
from motcua.service.procedures.querysets import ProcedureQuerySet
from motcua.service.procedures.searching import Question, matches, read, slips

MOST_FOUND = 200
ENOUGH = 0.5  # of what was asked: less is not an answer
RANK = """
WITH asked (slot, term_id, likeness, mask) AS (
    SELECT * FROM unnest(%(slots)s::int[], %(terms)s::bigint[], %(likeness)s::float8[], %(masks)s::int[])
), within (procedure_id) AS MATERIALIZED (
    {within}
), rarity AS MATERIALIZED (
    SELECT posting.term_id, ln(1 + (SELECT count(*) FROM procedures_procedure) / count(*)::float8) AS idf
    FROM procedures_searchposting posting WHERE posting.term_id = ANY(%(terms)s) GROUP BY posting.term_id
), said AS (
    SELECT posting.procedure_id, asked.slot, max(asked.likeness * posting.weight * rarity.idf) AS score,
        max(CASE WHEN asked.likeness >= 0.5 THEN asked.mask ELSE 0 END) AS mask
    FROM asked JOIN rarity USING (term_id) JOIN procedures_searchposting posting USING (term_id)
    WHERE posting.procedure_id IN (SELECT procedure_id FROM within)
    GROUP BY posting.procedure_id, asked.slot
), summed AS (
    SELECT procedure_id, sum(score) AS score, bit_count(bit_or(mask)::bit(16))::float8 / %(words)s AS covered
    FROM said GROUP BY procedure_id
)
SELECT procedure_id, score * covered * covered AS score, covered FROM summed
ORDER BY 2 DESC, procedure_id LIMIT %(most)s
"""


@dataclass(frozen=True)
class Found:
    """Một thủ tục tìm thấy: its key, how well it answers, and the share of the asked words that it has."""

    procedure_id: int
    score: float
    covered: float


def find(text: str, within: ProcedureQuerySet, *, is_being_typed: bool = False) -> list[Found]:
    """Những thủ tục trả lời câu hỏi, best first, among those of `within`."""
    question = read(text, is_being_typed=is_being_typed)
    known = _terms(question)
    if not known:
        return []
    wanted = matches(question, known)
    if not wanted:
        return []
    sql, values = within.order_by().values("pk").query.sql_with_params()
    asked: dict[str, Any] = {
        "slots": [slot for slot, *_ in wanted],
        "terms": [term for _, term, *_ in wanted],
        "likeness": [likeness for _, _, likeness, _ in wanted],
        "masks": [mask for *_, mask in wanted],
        "words": question.needed,
        "most": MOST_FOUND,
    }
    named = {f"within_{place}": value for place, value in enumerate(values)}
    sql = sql % tuple(f"%({name})s" for name in named)
    with connection.cursor() as cursor:
        cursor.execute(RANK.replace("{within}", sql), {**asked, **named})
        found = [Found(*row) for row in cursor.fetchall()]
    best = max((one.covered for one in found), default=0.0)
    return [one for one in found if one.covered >= max(ENOUGH, best * 0.6)]


def in_order(found: Sequence[Found], rows: ProcedureQuerySet) -> list[Procedure]:
    """The rows of what was found, best first."""
    by_key = {row.pk: row for row in rows.filter(pk__in=[one.procedure_id for one in found])}
    return [by_key[one.procedure_id] for one in found if one.procedure_id in by_key]


def _terms(question: Question) -> dict[str, int]:
    """Words of the index that the question may mean."""
    forms = question.forms
    if not forms:
        return {}
    near = sorted({slip for form in forms for slip in slips(form) if len(form) >= 3})
    may_mean = Q(word__in=forms) | Q(slips__overlap=near)
    if len(question.beginning) >= 2:
        may_mean |= Q(word__startswith=question.beginning)
    return dict(SearchTerm.objects.filter(may_mean).values_list("word", "pk")[:2000])
