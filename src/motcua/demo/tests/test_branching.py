"""Cấp giấy phép môi trường ở tỉnh mẫu: one dossier through its parallel branches, and one that is refused in a branch."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from motcua.config.commands import seed
from motcua.core.time import VIETNAM
from motcua.demo import loading
from motcua.demo.branching import BRANCHED
from motcua.foundation.identity.models import User
from motcua.foundation.identity.operations.applicants import ApplicantInput, find_or_create_applicant
from motcua.service.dossiers.models import Consultation, Dossier
from motcua.service.dossiers.operations.assigning import assign_work
from motcua.service.dossiers.operations.consulting import answer
from motcua.service.dossiers.operations.deciding import propose
from motcua.service.dossiers.operations.receiving import PartIn, receive
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.procedures.models import Offering
from motcua.service.workflows.models import Task

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=VIETNAM)


def person(agency_id: int, role: str) -> User:
    held = User.objects.filter(memberships__post__agency=agency_id, memberships__post__role__code=role)
    found = held.order_by("username").first()
    assert found is not None
    return found


@pytest.fixture
def permit() -> Dossier:
    """Handed in, transferred and given to an officer: three branches are open."""
    seed()
    loading.load(lambda _said: None, dossiers=0, until=NOW)
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
