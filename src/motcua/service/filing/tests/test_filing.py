"""On-line filings: two times of the law, three answers, and a dossier at the end."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest

from motcua.core.errors import DomainError, Forbidden, InvalidInput
from motcua.core.time import VIETNAM
from motcua.foundation.documents.operations.storing import store
from motcua.foundation.documents.tests import samples
from motcua.foundation.ledger.models import Line
from motcua.foundation.ledger.verifying import verify
from motcua.foundation.notices.models import Notice
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.operations.receiving import IncompleteDossier
from motcua.service.dossiers.tests.world import MONDAY, World, build_world
from motcua.service.filing.importing import import_filings
from motcua.service.filing.models import Filing
from motcua.service.filing.operations.answering import (
    AskedAlready,
    Judged,
    accept,
    ask_supplement,
    redirect,
    refuse,
    watch_filings,
)
from motcua.service.filing.operations.submitting import FiledPart, submit, supplement, times_of, withdraw
from motcua.service.filing.states import MOVES, IllegalAnswer, State
from motcua.service.procedures.models import Channel, LimitUnit
from motcua.service.procedures.models.revision import ChannelNotOffered

EVENING = datetime(2026, 3, 6, 20, tzinfo=VIETNAM)  # Friday, after hours
LATER = MONDAY + timedelta(hours=2)


@pytest.fixture
def world(db: None) -> World:
    built = build_world()
    Channel.objects.create(
        revision=built.revision,
        position=2,
        kind="ONLINE",
        limit_value=Decimal(4),
        limit_unit=LimitUnit.WORKING_DAY,
    )
    return built


def filed(world: World, at: datetime = MONDAY, papers: int = 3, **changes: object) -> Filing:
    parts = [FiledPart(name=paper.name, paper_id=paper.pk) for paper in world.papers[:papers]]
    given = {"offering": world.offering, "applicant": world.applicant, "parts": parts, "at": at, **changes}
    return submit(**given)  # type: ignore[arg-type]


def judged(filing: Filing, *wrong: int) -> dict[object, Judged]:
    return {
        part.pk: Judged("MEND", "Chụp lại cho rõ") if part.position in wrong else Judged("FINE")
        for part in filing.parts.all()
    }


def asked(world: World, filing: Filing, at: datetime = LATER) -> Filing:
    return ask_supplement(filing_id=filing.pk, judged=judged(filing, 2), missing=[], by=world.clerk, at=at)  # type: ignore[arg-type]


class TestTimes:
    def test_are_two_hours_and_eight_working_hours(self, world):
        filing = filed(world)
        assert filing.alert_due_at == MONDAY + timedelta(hours=2)
        # 9:00 to 11:30 and 13:30 to 17:00 are six hours; two more on Tuesday
        assert filing.answer_due_at == datetime(2026, 3, 3, 9, 30, tzinfo=VIETNAM)
        assert filing.code == "TT-H31.1-260302-0001"

    def test_after_hours_the_answer_waits_for_the_office_and_the_alert_does_not(self, world):
        filing = filed(world, EVENING)
        assert filing.alert_due_at == datetime(2026, 3, 6, 22, tzinfo=VIETNAM)
        assert filing.answer_due_at == datetime(2026, 3, 10, 8, 0, tzinfo=VIETNAM)

    def test_the_old_regime_fixed_no_alert(self, world):
        alert, answer = times_of(world.centre.pk, datetime(2025, 6, 30, 9, tzinfo=VIETNAM))
        assert alert is None
        assert answer is not None

    def test_the_worker_alerts_once_and_warns_once(self, world):
        filing = filed(world)
        assert watch_filings(MONDAY + timedelta(minutes=1)) == 1
        assert watch_filings(MONDAY + timedelta(minutes=2)) == 0
        filing.refresh_from_db()
        assert filing.alerted_at == MONDAY + timedelta(minutes=1)
        assert watch_filings(datetime(2026, 3, 3, 8, tzinfo=VIETNAM)) == 1
        assert watch_filings(datetime(2026, 3, 3, 9, tzinfo=VIETNAM)) == 0
        assert [line.name for line in Line.objects.of(filing.pk)] == [
            "FilingSubmitted",
            "OfficerAlerted",
            "AnswerRunsOut",
        ]

    def test_a_late_alert_says_so(self, world):
        filing = filed(world)
        watch_filings(MONDAY + timedelta(hours=3))
        assert Line.objects.of(filing.pk).last().payload["is_in_time"] is False


class TestSubmitting:
    def test_twice_is_once(self, world):
        assert filed(world, source_key="DVC-1") == filed(world, source_key="DVC-1")
        assert Filing.objects.count() == 1

    def test_needs_papers(self, world):
        with pytest.raises(InvalidInput):
            filed(world, papers=0)

    def test_is_refused_where_the_procedure_is_not_online(self, db):
        with pytest.raises(ChannelNotOffered):
            filed(build_world())


class TestAccepting:
    def test_makes_a_dossier_of_the_online_channel(self, world):
        filing = filed(world)
        dossier = accept(filing_id=filing.pk, by=world.clerk, at=LATER)
        filing.refresh_from_db()
        assert (filing.state, filing.dossier) == (State.ACCEPTED, dossier)
        assert (dossier.channel, dossier.return_channel) == ("ONLINE", "ONLINE")
        assert dossier.received_at == LATER
        assert dossier.due_at == datetime(2026, 3, 6, 17, tzinfo=VIETNAM)  # four working days of this way
        assert {part.form for part in dossier.parts.all()} == {"ELECTRONIC"}
        assert dossier.code in Notice.objects.about(filing.pk).first().text
        assert verify().faults == []

    def test_takes_the_files_along(self, world, settings, tmp_path):
        disk = {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        }
        settings.STORAGES = {**settings.STORAGES, "default": disk}
        document = store(BytesIO(samples.pdf(1, title="Tờ khai")), name="to-khai.pdf", by=None, at=MONDAY)
        parts = [
            FiledPart(paper.name, paper.pk, [document.pk] if place == 0 else [])
            for place, paper in enumerate(world.papers)
        ]
        filing = filed(world, parts=parts)
        dossier = accept(filing_id=filing.pk, by=world.clerk, at=LATER)
        assert dossier.scans.get().document_id == document.pk
        document.refresh_from_db()
        assert document.subject_id == dossier.pk

    def test_asks_for_every_paper(self, world):
        filing = filed(world, papers=2)
        with pytest.raises(IncompleteDossier):
            accept(filing_id=filing.pk, by=world.clerk, at=LATER)
        filing.refresh_from_db()
        assert filing.state == State.SUBMITTED
        assert not Dossier.objects.exists()

    def test_is_the_units(self, world):
        with pytest.raises(Forbidden):
            accept(filing_id=filed(world).pk, by=world.officer, at=LATER)

    def test_twice_is_refused(self, world):
        filing = filed(world)
        accept(filing_id=filing.pk, by=world.clerk, at=LATER)
        with pytest.raises(IllegalAnswer):
            accept(filing_id=filing.pk, by=world.clerk, at=LATER)
        assert Dossier.objects.count() == 1


class TestAsking:
    def test_says_everything_in_one_go(self, world):
        filing = filed(world, papers=2)
        with pytest.raises(InvalidInput) as refusal:
            ask_supplement(filing_id=filing.pk, judged={}, missing=[], by=world.clerk, at=LATER)
        assert set(refusal.value.errors) == {f"part-{part.pk}" for part in filing.parts.all()}
        lacking = ["Giấy tờ chứng minh nơi cư trú"]
        found = ask_supplement(
            filing_id=filing.pk, judged=judged(filing, 2), missing=lacking, by=world.clerk, at=LATER
        )
        assert found.reasons == ["Giấy tờ tùy thân: Chụp lại cho rõ", "Giấy tờ chứng minh nơi cư trú"]
        assert "Chụp lại cho rõ" in Notice.objects.about(filing.pk).first().text

    def test_what_is_wrong_is_explained(self, world):
        filing = filed(world)
        with pytest.raises(InvalidInput) as refusal:
            ask_supplement(
                filing_id=filing.pk, judged={part.pk: Judged("ADD") for part in filing.parts.all()}, missing=[],
                by=world.clerk, at=LATER,
            )  # fmt: skip
        assert refusal.value.field.startswith("instruction-")

    def test_nothing_to_ask_for_is_to_be_accepted(self, world):
        filing = filed(world)
        with pytest.raises(InvalidInput) as refusal:
            ask_supplement(
                filing_id=filing.pk, judged=judged(filing), missing=[" "], by=world.clerk, at=LATER
            )
        assert refusal.value.field == "missing"

    def test_what_comes_starts_the_time_to_answer_anew_and_may_not_be_asked_twice(self, world):
        filing = filed(world)
        asked(world, filing)
        tuesday = MONDAY + timedelta(days=1)
        supplement(filing_id=filing.pk, parts=[FiledPart("Giấy tờ tùy thân", world.papers[1].pk)], at=tuesday)
        filing.refresh_from_db()
        assert filing.state == State.SUBMITTED
        assert filing.answer_due_at == datetime(2026, 3, 4, 9, 30, tzinfo=VIETNAM)
        with pytest.raises(AskedAlready):
            asked(world, filing, tuesday)
        dossier = accept(filing_id=filing.pk, by=world.clerk, at=tuesday)
        assert dossier.parts.count() == 3


class TestOtherAnswers:
    def test_a_refusal_gives_its_reason(self, world):
        filing = filed(world)
        with pytest.raises(InvalidInput):
            refuse(filing_id=filing.pk, reasons=[" "], by=world.clerk, at=LATER)
        refuse(filing_id=filing.pk, reasons=["Không thuộc đối tượng."], by=world.clerk, at=LATER)
        assert "Không thuộc đối tượng" in Notice.objects.about(filing.pk).first().text

    def test_the_wrong_place_names_the_right_one(self, world):
        filing = filed(world)
        with pytest.raises(InvalidInput):
            redirect(filing_id=filing.pk, reasons=[], right_place="", by=world.clerk, at=LATER)
        redirect(filing_id=filing.pk, reasons=[], right_place="UBND phường Thử", by=world.clerk, at=LATER)
        filing.refresh_from_db()
        assert filing.state == State.WRONG_ADDRESSEE
        assert "UBND phường Thử" in Notice.objects.about(filing.pk).first().text

    def test_what_is_taken_back_is_answered_no_more(self, world):
        filing = filed(world)
        withdraw(filing_id=filing.pk, reason="Nộp nhầm", at=LATER)
        with pytest.raises(IllegalAnswer):
            accept(filing_id=filing.pk, by=world.clerk, at=LATER)
        assert watch_filings(LATER) == 0

    @pytest.mark.parametrize("move", MOVES, ids=lambda move: move.name)
    def test_the_table_holds_no_way_out_of_an_end(self, move):
        ends = {State.ACCEPTED, State.REFUSED, State.WRONG_ADDRESSEE, State.WITHDRAWN}
        assert not move.sources & ends


class TestImporting:
    ROW = {
        "source_key": "DVCQG-0001",
        "procedure": "2.000635",
        "agency": "H31.2",
        "reception_agency": "H31.1",
        "applicant": {"name": "Trần Văn Bảo", "personal_number": "033190005678", "phone": "0987654321"},
        "parts": [{"position": 1}, {"position": 2}, {"name": "Giấy khác"}],
    }

    def test_takes_each_once(self, world):
        for _ in range(2):
            [(key, found)] = import_filings([self.ROW], at=MONDAY)
            assert key == "DVCQG-0001"
            assert isinstance(found, Filing)
        filing = Filing.objects.get()
        assert [part.name for part in filing.parts.all()] == ["Tờ khai", "Giấy tờ tùy thân", "Giấy khác"]
        assert filing.applicant.name == "Trần Văn Bảo"

    @pytest.mark.parametrize(
        "change", [{"procedure": "9.9"}, {"applicant": {}}, {"parts": [{"position": 99}]}, {"parts": []}]
    )
    def test_one_bad_row_does_not_stop_the_others(self, world, change):
        found = dict(import_filings([{**self.ROW, **change, "source_key": "X"}, self.ROW], at=MONDAY))
        assert isinstance(found["X"], DomainError)
        assert isinstance(found["DVCQG-0001"], Filing)
