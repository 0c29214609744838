"""Kho giấy tờ: what comes in, what is offered, what may not be demanded, and what the holder can read."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from motcua.core.errors import Forbidden
from motcua.core.ids import new_id
from motcua.foundation.documents.metadata import PaperFacts
from motcua.foundation.documents.operations.describing import describe
from motcua.foundation.documents.operations.opening import open_document
from motcua.foundation.documents.operations.storing import store as store_file
from motcua.foundation.identity.operations.applicants import ApplicantInput, find_or_create_applicant
from motcua.foundation.ledger.models import Line
from motcua.service.dossiers.models import Part, Scan
from motcua.service.dossiers.operations.correcting import correct_result, find_wrong
from motcua.service.dossiers.operations.deciding import propose, review, sign
from motcua.service.dossiers.operations.receiving import PartIn, refuse_intake
from motcua.service.dossiers.operations.returning import issue
from motcua.service.dossiers.operations.supplementing import ItemIn, ask_supplement
from motcua.service.dossiers.store import Demand as Why
from motcua.service.dossiers.store import Reuse, Wanted
from motcua.service.dossiers.tests.world import BEGINNING, MONDAY, World, in_work
from motcua.service.holdings.finding import held_for, held_for_all
from motcua.service.holdings.models import Consent, Demand, HeldPaper, PaperType, PaperUse
from motcua.service.holdings.operations.demanding import HeldAlready, names_within
from motcua.service.holdings.operations.keeping import match, set_paper_type, withdraw
from motcua.service.holdings.operations.using import (
    Actor,
    ConsentMissing,
    PaperGone,
    consent,
    mark_looked,
    mark_used,
    withdraw_consent,
)
from motcua.service.holdings.tests.conftest import FIRST_DAY, kept

TODAY = MONDAY.date()
PDF = b"%PDF-1.4 scan"


class TestHeldFor:
    def test_answers_a_paper_of_its_type(self, world: World, identity_card: PaperType) -> None:
        held = kept(world.applicant, identity_card)
        assert held_for(world.applicant, world.papers[1], TODAY) == held
        assert held_for(world.applicant, world.papers[0], TODAY) is None

    @pytest.mark.parametrize(
        "changes",
        [
            {"printed_until": date(2026, 3, 1)},  # yesterday
            {"printed_until": None},  # the day that ends it is unknown
            {"paper_type": None},  # nobody knows what it is
        ],
    )
    def test_never_what_may_not_be_relied_upon(
        self, world: World, identity_card: PaperType, changes: dict[str, object]
    ) -> None:
        kept(world.applicant, identity_card, **changes)
        assert held_for(world.applicant, world.papers[1], TODAY) is None

    def test_never_another_persons(self, world: World, identity_card: PaperType) -> None:
        other = find_or_create_applicant(ApplicantInput(name="Trần Văn Bình"), by=None, at=BEGINNING)
        kept(other, identity_card)
        assert held_for(world.applicant, world.papers[1], TODAY) is None

    def test_its_last_day_still_counts(self, world: World, identity_card: PaperType) -> None:
        kept(world.applicant, identity_card, printed_until=TODAY)
        assert held_for(world.applicant, world.papers[1], TODAY)
        assert held_for(world.applicant, world.papers[1], TODAY + timedelta(days=1)) is None

    def test_a_match_of_the_procedure_goes_before_the_general_one(
        self, world: World, identity_card: PaperType
    ) -> None:
        passport = set_paper_type(
            code="HC", name="Hộ chiếu", validity="FOREVER", valid_from=FIRST_DAY, by_id=None, at=BEGINNING
        )
        match(passport, "Giấy tờ tùy thân", procedure_id=world.procedure.pk)
        kept(world.applicant, identity_card)
        wanted = kept(world.applicant, passport, title="Hộ chiếu", number="B1234567")
        assert held_for(world.applicant, world.papers[1], TODAY) == wanted

    def test_asks_twice_however_many_papers(self, world, identity_card, django_assert_num_queries) -> None:
        kept(world.applicant, identity_card)
        with django_assert_num_queries(2):
            held_for_all(world.applicant.pk, world.papers * 5, procedure_id=world.procedure.pk, on=TODAY)


class TestKeep:
    def test_the_newer_of_a_single_kind_replaces_the_older(
        self, world: World, identity_card: PaperType
    ) -> None:
        old = kept(world.applicant, identity_card, number="111111111", issued_on=date(2015, 1, 1))
        new = kept(world.applicant, identity_card)
        old.refresh_from_db()
        assert old.superseded_by == new

    def test_an_older_paper_that_comes_later_replaces_nothing(
        self, world: World, identity_card: PaperType
    ) -> None:
        new = kept(world.applicant, identity_card)
        kept(world.applicant, identity_card, number="111111111", issued_on=date(2015, 1, 1))
        new.refresh_from_db()
        assert new.superseded_by is None

    def test_keeps_the_same_source_once_and_takes_over_what_was_corrected(
        self, world: World, identity_card: PaperType
    ) -> None:
        first = kept(world.applicant, identity_card, source="document:1", printed_until=None)
        again = kept(world.applicant, identity_card, source="document:1")
        assert first.pk == again.pk
        assert (first.lacks, again.lacks) == ("ngày hết hạn ghi trên giấy", "")
        assert HeldPaper.objects.count() == 1

    def test_a_withdrawn_paper_is_not_offered_any_more(self, world: World, identity_card: PaperType) -> None:
        held = kept(world.applicant, identity_card)
        withdraw(held_id=held.pk, reason="Giấy giả", by_id=None, at=MONDAY)
        assert held_for(world.applicant, world.papers[1], TODAY) is None

    def test_the_ledger_never_has_the_number(self, world: World, identity_card: PaperType) -> None:
        held = kept(world.applicant, identity_card)
        assert "033190001234" not in str(list(Line.objects.filter(subject_id=held.pk).values()))


class TestWhatOthersTell:
    def finished(self, world: World):
        dossier = in_work(world)
        at = MONDAY + timedelta(hours=3)
        propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=world.officer, at=at)
        review(dossier_id=dossier.pk, by=world.head, at=at)
        sign(dossier_id=dossier.pk, by=world.leader, at=at)
        return issue(dossier_id=dossier.pk, number="15/TL", issued_on=TODAY, by=world.records, at=at)

    @pytest.fixture
    def extract(self, world: World) -> PaperType:
        kind = set_paper_type(
            code="TLHT", name="Bản sao trích lục hộ tịch", validity="MONTHS", months=6, valid_from=FIRST_DAY,
            by_id=None, at=BEGINNING,
        )  # fmt: skip
        match(kind, role="RESULT", procedure_id=world.procedure.pk)
        match(kind, "Giấy tờ chứng minh nơi cư trú")
        return kind

    def test_a_result_is_kept_for_its_holder(self, world: World, extract: PaperType) -> None:
        dossier = self.finished(world)
        held = held_for(world.applicant, world.papers[2], TODAY)
        assert held is not None
        assert (held.dossier_id, held.number, held.trust) == (dossier.pk, "15/TL", "ISSUED")
        assert held.valid_until == date(2026, 9, 2)

    def test_a_wrong_result_is_withdrawn_and_the_right_one_kept(
        self, world: World, extract: PaperType
    ) -> None:
        dossier, later = self.finished(world), MONDAY + timedelta(days=1)
        find_wrong(dossier_id=dossier.pk, wrong="Sai năm sinh", fault="AGENCY", by=world.officer, at=later)
        assert held_for(world.applicant, world.papers[2], TODAY) is None
        correct_result(
            dossier_id=dossier.pk, number="16/TL", issued_on=later.date(), by=world.leader,
            at=later + timedelta(hours=1),
        )  # fmt: skip
        held = held_for(world.applicant, world.papers[2], TODAY)
        assert held is not None
        assert held.number == "16/TL"

    def test_a_refusal_is_no_paper(self, world: World, extract: PaperType) -> None:
        dossier, at = in_work(world), MONDAY + timedelta(hours=3)
        propose(dossier_id=dossier.pk, outcome="REFUSE", reason="Không đủ điều kiện", by=world.officer, at=at)
        review(dossier_id=dossier.pk, by=world.head, at=at)
        sign(dossier_id=dossier.pk, by=world.leader, at=at)
        issue(dossier_id=dossier.pk, number="9/TB", issued_on=TODAY, by=world.records, at=at)
        assert not HeldPaper.objects.exists()

    def test_a_digitised_paper_is_kept_when_the_officer_has_said_all_of_it(
        self, world: World, identity_card: PaperType
    ) -> None:
        from io import BytesIO

        facts = PaperFacts(title="Giấy tờ tùy thân", holder_id=world.applicant.pk)
        document = store_file(BytesIO(PDF), name="cccd.pdf", by=world.clerk, at=MONDAY, facts=facts)
        parts = world.parts()
        parts[1] = PartIn(name=parts[1].name, paper_id=parts[1].paper_id, document_ids=[document.pk])
        dossier = world.receive(parts=parts)
        assert not HeldPaper.objects.exists()
        full = PaperFacts(
            title="Giấy tờ tùy thân", holder_id=world.applicant.pk, paper_type_code="CCCD", abstract="Thẻ căn cước",
            valid_from=date(2021, 5, 4), valid_to=date(2031, 5, 4), issued_on=date(2021, 5, 4), number="033190001234",
            validity_scope="Toàn quốc",
        )  # fmt: skip
        describe(document_id=document.pk, facts=full, by=world.clerk, at=MONDAY)
        held = held_for(world.applicant, world.papers[1], TODAY)
        assert held is not None
        assert (held.dossier_id, held.document_id, held.provenance) == (dossier.pk, document.pk, "DIGITISED")
        open_document(document_id=document.pk, by=world.officer, at=MONDAY)
        line = PaperUse.objects.of_holder(world.applicant.pk).get()
        assert (line.kind, line.actor_name, line.subject_id) == (
            "OPENED",
            world.officer.full_name,
            dossier.pk,
        )


class TestReceive:
    """At the counter: what is held is used, or there is a reason why not."""

    def parts(self, world: World, **changes: object) -> list[PartIn]:
        parts = world.parts()
        parts[1] = PartIn(name=parts[1].name, paper_id=parts[1].paper_id, **changes)  # type: ignore[arg-type]
        return parts

    def test_refuses_to_take_on_paper_what_is_held(self, world: World, identity_card: PaperType) -> None:
        kept(world.applicant, identity_card)
        with pytest.raises(HeldAlready) as refused:
            world.receive()
        assert list(refused.value.errors) == [f"paper-{world.papers[1].pk}"]
        assert "đã có trong kho" in refused.value.message
        assert not Demand.objects.exists()

    def test_takes_it_with_a_reason_which_is_recorded_once(
        self, world: World, identity_card: PaperType
    ) -> None:
        held = kept(world.applicant, identity_card)
        why = Why("UNREADABLE", "Bản quét mờ, không đọc được số")
        dossier = world.receive(parts=self.parts(world, demand=why))
        demand = Demand.objects.get()
        assert (demand.held, demand.subject_id, demand.stage, demand.by) == (
            held, dossier.pk, "INTAKE", world.clerk
        )  # fmt: skip
        assert demand.is_officers
        assert Demand.objects.by_officers().visible_to(world.clerk, MONDAY).count() == 1
        assert not Demand.objects.visible_to(world.stranger, MONDAY).exists()

    def test_a_reason_needs_words(self, world: World, identity_card: PaperType) -> None:
        kept(world.applicant, identity_card)
        with pytest.raises(HeldAlready, match="giải thích bằng lời"):
            world.receive(parts=self.parts(world, demand=Why("DIFFERS", "khác")))

    def test_what_the_person_brought_unasked_is_no_demand_of_an_officer(
        self, world: World, identity_card: PaperType
    ) -> None:
        kept(world.applicant, identity_card)
        world.receive(parts=self.parts(world, demand=Why("BROUGHT")))
        assert not Demand.objects.by_officers().exists()

    def test_uses_what_is_held_and_shows_it_with_the_dossier(
        self, world: World, identity_card: PaperType
    ) -> None:
        from io import BytesIO

        document = store_file(BytesIO(PDF), name="cccd.pdf", by=None, at=BEGINNING)
        held = kept(world.applicant, identity_card, document_id=document.pk)
        reuse = Reuse({world.papers[1].pk: held.pk}, "ORAL")
        dossier = world.receive(parts=self.parts(world, status=Part.Status.HELD), reuse=reuse)
        assert Scan.objects.get(dossier=dossier).document == document
        use = PaperUse.objects.used().get()
        assert (use.subject_id, use.actor_name, use.consent.means) == (
            dossier.pk, world.clerk.full_name, "ORAL"
        )  # fmt: skip

    def test_uses_nothing_without_consent(self, world: World, identity_card: PaperType) -> None:
        held = kept(world.applicant, identity_card)
        with pytest.raises(ConsentMissing):
            world.receive(
                parts=self.parts(world, status=Part.Status.HELD), reuse=Reuse({world.papers[1].pk: held.pk})
            )
        assert not PaperUse.objects.exists()

    def test_never_uses_another_persons_paper(self, world: World, identity_card: PaperType) -> None:
        other = find_or_create_applicant(ApplicantInput(name="Trần Văn Bình"), by=None, at=BEGINNING)
        held = kept(other, identity_card)
        with pytest.raises(PaperGone):
            world.receive(
                parts=self.parts(world, status=Part.Status.HELD),
                reuse=Reuse({world.papers[1].pk: held.pk}, "ORAL"),
            )

    def test_a_refusal_of_intake_may_not_name_what_is_held(
        self, world: World, identity_card: PaperType
    ) -> None:
        kept(world.applicant, identity_card)
        given = {"offering": world.offering, "applicant": world.applicant, "by": world.clerk, "at": MONDAY}
        with pytest.raises(HeldAlready):
            refuse_intake(
                reasons=["Thiếu giấy tờ tùy thân"], wanted=[Wanted("Giấy tờ tùy thân", "reasons")], **given
            )
        assert names_within(["- Thiếu GIẤY TỜ TUỲ THÂN."], ["Giấy tờ tùy thân", "Tờ khai"]) == [
            "Giấy tờ tùy thân"
        ]


class TestSupplement:
    def items(self, dossier, **changes: object) -> list[ItemIn]:
        parts = list(dossier.parts.order_by("position"))
        return [
            ItemIn("FINE", part_id=parts[0].pk),
            ItemIn("ADD", "Nộp bản rõ hơn", part_id=parts[1].pk, **changes),  # type: ignore[arg-type]
            ItemIn("FINE", part_id=parts[2].pk),
        ]

    def ask(self, world: World, dossier, items: list[ItemIn]):
        return ask_supplement(
            dossier_id=dossier.pk, items=items, reason="Chưa rõ", contact_name="Em", by=world.officer,
            at=MONDAY + timedelta(hours=3),
        )  # fmt: skip

    def test_refuses_to_ask_for_what_is_held(self, world: World, identity_card: PaperType) -> None:
        dossier = in_work(world)
        kept(world.applicant, identity_card)
        with pytest.raises(HeldAlready) as refused:
            self.ask(world, dossier, self.items(dossier))
        assert list(refused.value.errors) == [f"verdict-{dossier.parts.get(position=2).pk}"]
        assert not dossier.supplements.exists()

    def test_asks_with_a_reason(self, world: World, identity_card: PaperType) -> None:
        dossier = in_work(world)
        kept(world.applicant, identity_card)
        why = Why("CHANGED", "Đã đổi thẻ sau khi sáp nhập xã")
        self.ask(world, dossier, self.items(dossier, demand=why))
        assert Demand.objects.get().stage == "SUPPLEMENT"

    def test_sees_through_an_item_written_by_hand(self, world: World, identity_card: PaperType) -> None:
        dossier = in_work(world)
        kept(world.applicant, identity_card)
        fine = [ItemIn("FINE", part_id=part.pk) for part in dossier.parts.all()]
        with pytest.raises(HeldAlready):
            self.ask(world, dossier, [*fine, ItemIn("ADD", "Nộp bản sao", name="GIẤY TỜ TUỲ THÂN")])


class TestConsent:
    def test_is_recorded_once_and_only_its_giver_takes_it_back(
        self, world: World, identity_card: PaperType
    ) -> None:
        subject, person = new_id(), world.applicant
        first = consent(holder_id=person.pk, subject_id=subject, means="ORAL", by=world.clerk, at=MONDAY)
        assert (
            consent(holder_id=person.pk, subject_id=subject, means="ORAL", by=world.clerk, at=MONDAY) == first
        )
        with pytest.raises(Forbidden):
            withdraw_consent(consent_id=first.pk, holder_id=new_id(), actor_id=None, at=MONDAY)
        withdraw_consent(consent_id=first.pk, holder_id=person.pk, actor_id=None, at=MONDAY)
        held = kept(person, identity_card)
        with pytest.raises(ConsentMissing):
            mark_used(
                held_id=held.pk, holder_id=person.pk, subject_id=subject, at=MONDAY,
                actor=Actor(id=None, name="Người nộp"),
            )  # fmt: skip

    def test_the_database_itself_refuses_a_use_without_consent(
        self, world: World, identity_card: PaperType
    ) -> None:
        held = kept(world.applicant, identity_card)
        with pytest.raises(IntegrityError, match="a_use_of_a_paper_has_consent"), transaction.atomic():
            PaperUse.objects.create(
                held=held, holder=world.applicant, kind="USED", subject_id=new_id(), actor_name="x", at=MONDAY
            )

    def test_a_use_told_twice_is_one_line(self, world: World, identity_card: PaperType) -> None:
        held, subject = kept(world.applicant, identity_card), new_id()
        consent(holder_id=world.applicant.pk, subject_id=subject, means="ONLINE", by=None, at=MONDAY)
        for _ in range(2):
            mark_used(
                held_id=held.pk, holder_id=world.applicant.pk, subject_id=subject, at=MONDAY,
                actor=Actor(id=None, name="Nguyễn Thị Ánh"), paper_id=world.papers[1].pk,
            )  # fmt: skip
            mark_looked(
                [held], kind="LISTED", actor=Actor.officer(world.clerk, None), at=MONDAY, subject_id=subject
            )
        assert sorted(PaperUse.objects.values_list("kind", flat=True)) == ["LISTED", "USED"]
        assert Consent.objects.get().means == "ONLINE"
