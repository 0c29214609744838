"""Tỉnh mẫu, loaded once for the file: its year, its hall, its linked groups, its branches; all by the real operations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test.utils import override_settings

from motcua.config.commands import seed
from motcua.core.time import VIETNAM
from motcua.demo import citizens, loading
from motcua.demo.branching import BRANCHED
from motcua.foundation.citizens.models import CitizenAccount
from motcua.foundation.identity.models import User
from motcua.foundation.identity.operations.applicants import ApplicantInput, find_or_create_applicant
from motcua.foundation.ledger.verifying import verify
from motcua.foundation.org.models import VerticalSeat
from motcua.foundation.signing.models import SigningIdentity
from motcua.foundation.signing.operations.documents import bytes_of
from motcua.foundation.signing.validating import validate
from motcua.service.dossiers.history import rebuilt
from motcua.service.dossiers.models import Consultation, Dossier, PaperTransfer, Pause, Stop, Supplement
from motcua.service.dossiers.operations.assigning import assign_work
from motcua.service.dossiers.operations.consulting import answer
from motcua.service.dossiers.operations.deciding import propose
from motcua.service.dossiers.operations.receiving import PartIn, receive
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.dossiers.states import WAITING, State
from motcua.service.filing.models import Draft, Filing
from motcua.service.holdings.models import HeldPaper
from motcua.service.linking.models import Bundle, LinkedGroup
from motcua.service.linking.reading import standing_of
from motcua.service.payments.models import Due
from motcua.service.postal.models import Shipment
from motcua.service.procedures.models import Entrustment, Offering
from motcua.service.queueing.lines import expected
from motcua.service.queueing.models import Appointment, QueueField, Sitting, Ticket
from motcua.service.results.models import Certification, CopyOrder, CorrectionRequest, IssuedResult
from motcua.service.workflows.models import Task

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
NOW = datetime(2026, 11, 25, 9, 40, tzinfo=VIETNAM)


@pytest.fixture(scope="module")
def province(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Loading takes longer than all the tests: it is done once, and undone after the last of them."""
    with django_db_blocker.unblock(), override_settings(DEMO=True), transaction.atomic():
        seed()
        loading.load(lambda _said: None, dossiers=90, until=NOW)
        yield
        transaction.set_rollback(True)


class TestYear:
    def test_is_interrupted_and_stays_true(self, province: None) -> None:
        assert Supplement.objects.exclude(completed_at=None).exists()
        assert Stop.objects.exists()
        assert Pause.objects.exists()
        for dossier in Dossier.objects.all():
            assert dossier.due_at == rebuilt(dossier)
            assert dossier.state not in WAITING or dossier.due_at is None
        assert verify().is_intact


class TestCitizens:
    """Whoever signs in by the simulator finds a dossier of each kind; the signed result is intact."""

    def test_find_a_dossier_of_each_kind(self, province: None) -> None:
        an = CitizenAccount.objects.get(applicant__name="Nguyễn Văn An")
        filed = Filing.objects.filter(account_id=an.pk)
        assert sorted(filed.values_list("dossier__state", flat=True)) == [
            "AWAITING_SUPPLEMENT", "IN_WORK", "RESULT_READY", "RETURNED",
        ]  # fmt: skip
        assert Draft.objects.filter(account_id=an.pk, ended_at=None).count() == 1
        dues = Due.objects.filter(subject_id__in=filed.values("dossier_key")).order_by("amount")
        assert list(dues.values_list("state", flat=True)) == [
            "OPEN",
            "PAID",
        ]  # of a paper copy, of the permit
        assert Shipment.objects.get(dossier__filing__in=filed).handed_at
        assert HeldPaper.objects.standing().filter(holder=an.applicant).count() >= 4
        issued = IssuedResult.objects.get(dossier__state="RETURNED", dossier__filing__in=filed)
        report = validate(bytes_of(issued.document), at=NOW)
        assert (len(report.signatures), report.is_altered) == (2, False)
        made = Certification.objects.filter(dossier__applicant=an.applicant)
        assert sorted(made.values_list("state", flat=True)) == ["CERTIFIED", "SENT_BACK"]
        assert made.get(state="CERTIFIED").issued.is_signed
        assert CopyOrder.objects.waiting().get().issued == issued
        assert CorrectionRequest.objects.get(issued=issued).state == "ASKED"
        assert SigningIdentity.objects.get(keeper="REMOTE").kind == "OFFICER"

    def test_act_for_their_firm_once(self, province: None) -> None:
        firm = CitizenAccount.objects.get(applicant__name="Hợp tác xã Nông sản Mẫu")
        assert firm.representatives.count() == 2
        assert Filing.objects.filter(account_id=firm.pk).count() == 2
        citizens.settle(None, [], until=NOW)  # type: ignore[arg-type]  # who has a life already keeps it
        assert Filing.objects.filter(account_id=firm.pk).count() == 2


class TestHall:
    def test_is_full_in_the_morning(self, province: None) -> None:
        today = Ticket.objects.filter(day=NOW.date())
        assert today.in_line(NOW.date()).exists()
        assert today.filter(state="DONE").exists()
        assert Sitting.objects.filter(closed_at=None).count() == 3
        earlier = Ticket.objects.exclude(day=NOW.date())
        assert earlier.filter(state="DONE").count() > 120
        assert not Ticket.objects.filter(queued_at__gt=NOW).exists()
        assert Appointment.objects.filter(state="BOOKED", slot__starts_at__gt=NOW).count() >= 12
        lines = list(QueueField.objects.filter(prefix="A").select_related("unit").order_by("unit_id"))
        told = [one.forecast is not None for one in expected(lines[:1], NOW)]
        assert told == [True]


class TestLinked:
    def test_bundles_go_through_three_agencies(self, province: None) -> None:
        assert LinkedGroup.objects.filter(state="PUBLISHED").count() == 2
        bundles = list(Bundle.objects.with_parts())
        assert len(bundles) >= 12
        agencies = {
            len({part.dossier.agency_id for part in bundle.parts.all()})
            for bundle in bundles
            if bundle.group.code == "LT-KHAISINH"
        }
        assert agencies == {3}
        standings = [standing_of(bundle) for bundle in bundles]
        assert any(standing.is_closed for standing in standings)
        assert any(standing.now for standing in standings)
        waiting = Dossier.objects.filter(state=State.AWAITING_OUTPUT)
        assert all(dossier.bundle_id for dossier in waiting)
        assert PaperTransfer.objects.filter(received_at__isnull=False).exists()
        assert VerticalSeat.objects.count() == 2
        assert Entrustment.objects.get().offerings.exists()


def person(agency_id: int, role: str) -> User:
    held = User.objects.filter(memberships__post__agency=agency_id, memberships__post__role__code=role)
    found = held.order_by("username").first()
    assert found is not None
    return found


@pytest.fixture
def permit(province: None) -> Dossier:
    """Handed in, transferred and given to an officer: three branches are open."""
    offering = Offering.objects.in_force(NOW.date()).get(procedure__code=BRANCHED)
    applicant = find_or_create_applicant(
        ApplicantInput(name="Nguyễn Văn Nhà", personal_number="001085004321"), by=None, at=NOW
    )
    case = next(iter(offering.revision_on(NOW.date()).cases), None)
    papers = offering.revision_on(NOW.date()).papers_of(case)
    dossier = receive(
        offering=offering, applicant=applicant, case_id=case.pk if case else None,
        by=person(offering.receiving_agency_id, "CLERK"), at=NOW,
        parts=[PartIn(name=paper.name, paper_id=paper.pk) for paper in papers],
    )  # fmt: skip
    transfer(
        dossier_id=dossier.pk,
        by=person(offering.receiving_agency_id, "CLERK"),
        at=NOW + timedelta(minutes=30),
    )
    head = person(offering.agency_id, "DIVISION_HEAD")
    return assign_work(
        dossier_id=dossier.pk,
        holder=person(offering.agency_id, "OFFICER"),
        by=head,
        at=NOW + timedelta(hours=1),
    )


def open_steps(dossier: Dossier) -> set[str]:
    return set(Task.objects.of(dossier.pk).open().values_list("step_key", flat=True))


class TestPermit:
    def test_waits_for_all_its_branches(self, permit: Dossier) -> None:
        at = NOW + timedelta(hours=2)
        assert open_steps(permit) == {"work", "fire", "planning"}
        questions = list(Consultation.objects.filter(dossier=permit).select_related("agency"))
        assert {one.agency.name for one in questions} == {"Công an tỉnh", "Sở Xây dựng"}
        officer = permit.holder
        assert officer is not None
        propose(dossier_id=permit.pk, outcome="APPROVE", reason="", by=officer, at=at)
        for number, question in enumerate(questions, start=1):
            assert "review" not in open_steps(permit)
            expert = person(question.agency_id, "OFFICER")
            answer(
                consultation_id=question.pk,
                text="Thống nhất",
                by=expert,
                at=at + number * timedelta(minutes=5),
            )
        assert open_steps(permit) == {"review"}

    def test_a_refusal_in_one_branch_ends_the_others(self, permit: Dossier) -> None:
        officer = permit.holder
        assert officer is not None
        propose(
            dossier_id=permit.pk, outcome="REFUSE", reason="Không phù hợp quy hoạch", by=officer,
            at=NOW + timedelta(hours=2),
        )  # fmt: skip
        assert open_steps(permit) == {"review"}
        assert Consultation.objects.filter(dossier=permit, dropped_at__isnull=False).count() == 2
