from __future__ import annotations

from datetime import datetime

import pytest
from django.contrib.postgres.search import SearchVector
from django.db.models import Count, Value
from pytest_django import Settings

from motcua.config.commands import seed
from motcua.core.errors import DomainError
from motcua.core.text import fold, reversed_fold
from motcua.core.time import VIETNAM
from motcua.demo import loading
from motcua.demo.bulk import bulk
from motcua.foundation.identity.models import Applicant, User
from motcua.foundation.ledger.models import Line
from motcua.foundation.ledger.verifying import verify
from motcua.service.dossiers.models import Assignment, Dossier
from motcua.service.dossiers.operations.receiving import PartIn, receive
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.dossiers.searching import search
from motcua.service.paperwork.models import PaperTemplate
from motcua.service.procedures.models import Offering
from motcua.service.workflows.models import Task

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=VIETNAM)


def said(message: str) -> None:
    assert message


class TestBulk:
    def test_writes_what_the_operations_can_carry_on(self, settings: Settings) -> None:
        settings.DEMO = True
        seed()
        loading.load(said, dossiers=0, until=NOW)
        assert [(one.form, one.state) for one in PaperTemplate.objects.order_by("uploaded_at")] == [
            ("RETURN_SLIP", "PUBLISHED"), ("RECEIPT", "DRAFT"),
        ]  # fmt: skip
        written = bulk(600, said, until=NOW)

        assert written.dossiers == Dossier.objects.count() == 600
        verdict = verify()
        assert verdict.is_intact
        assert Line.objects.filter(subject_type="dossier").count() == written.lines
        assert self.untrue_rows() == []

        self.receives_the_next_number()
        self.transfers_what_waits()
        self.is_found_without_diacritics()
        bulk(50, said, until=NOW)
        assert Dossier.objects.count() == 651
        assert verify().is_intact

    def test_is_refused_outside_a_demo(self, settings: Settings) -> None:
        settings.DEMO = False
        with pytest.raises(loading.NotADemo):
            bulk(10, said)

    def test_asks_for_a_province_first(self, settings: Settings) -> None:
        settings.DEMO = True
        with pytest.raises(DomainError, match="demo load"):
            bulk(10, said)

    @staticmethod
    def untrue_rows() -> list[str]:
        """Dossiers whose projection does not say what their tasks and hands say."""
        untrue = []
        tasks = {task.dossier_id: task for task in Task.objects.open()}
        hands = dict(Assignment.objects.filter(until=None).values_list("dossier_id", "holder_id"))
        for dossier in Dossier.objects.annotate(papers=Count("parts")):
            task = tasks.get(dossier.pk)
            step = (task.step_key, task.name, task.due_at, task.holder_id) if task else ("", "", None, None)
            projected = (dossier.step_key, dossier.step_name, dossier.step_due_at, dossier.holder_id)
            if projected != step or dossier.holder_id != hands.get(dossier.pk) or not dossier.papers:
                untrue.append(dossier.code)
            if dossier.name_folded != fold(dossier.applicant_name):
                untrue.append(dossier.name_folded)
            if dossier.name_reversed != reversed_fold(dossier.applicant_name):
                untrue.append(dossier.name_reversed)
        return untrue

    @staticmethod
    def receives_the_next_number() -> None:
        last = Dossier.objects.order_by("-received_at").select_related("received_by")[0]
        offering = Offering.objects.for_pages().get(
            procedure=last.procedure_id, agency=last.agency_id, receiving_agency=last.reception_agency_id
        )
        revision = offering.revision_on(NOW.date())
        case = revision.cases[0] if revision.cases else None
        papers = [PartIn(name=paper.name, paper_id=paper.pk) for paper in revision.papers_of(case)]
        fresh = receive(
            offering=offering,
            applicant=Applicant.objects.order_by("-id")[0],
            parts=papers,
            by=last.received_by,
            at=NOW,
            case_id=case.pk if case else None,
        )
        assert (
            fresh.book_number
            == Dossier.objects.filter(reception_agency=fresh.reception_agency, book=fresh.book).count()
        )

    @staticmethod
    def transfers_what_waits() -> None:
        waiting = Dossier.objects.filter(state="RECEIVED").select_related("holder").order_by("id")[0]
        assert waiting.holder is not None
        assert transfer(dossier_id=waiting.pk, by=waiting.holder, at=NOW).state == "TRANSFERRED"

    @staticmethod
    def is_found_without_diacritics() -> None:
        clerk = User.objects.get(username="motcua")
        one = Dossier.objects.visible_to(clerk, NOW).order_by("-id")[0]
        assert one in search(one.name_folded, user=clerk, at=NOW)
        written = Dossier.objects.annotate(
            true_words=SearchVector(Value(f"{one.name_folded} {fold(one.matter)}"), config="simple")
        ).get(pk=one.pk)
        assert one.words == written.true_words
