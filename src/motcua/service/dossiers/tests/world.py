"""A small world to act in: one province, one centre, one department, somebody in every role, one procedure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from motcua.core.tests.laying import laid_once
from motcua.core.time import VIETNAM
from motcua.foundation.identity.models import Applicant, User
from motcua.foundation.identity.operations.applicants import ApplicantInput, find_or_create_applicant
from motcua.foundation.identity.operations.roles import seed_roles
from motcua.foundation.identity.operations.staffing import appoint, create_staff
from motcua.foundation.org.models import Agency, Role
from motcua.foundation.org.operations.agencies import create_agency
from motcua.foundation.org.operations.posts import open_post
from motcua.service.dossiers.models import Dossier, SupplementItem
from motcua.service.dossiers.operations.assigning import assign_work
from motcua.service.dossiers.operations.receiving import PartIn, receive
from motcua.service.dossiers.operations.seeding import seed_lateness
from motcua.service.dossiers.operations.supplementing import ItemIn
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.procedures.models import (
    Case,
    Channel,
    LimitUnit,
    Offering,
    Paper,
    Procedure,
    ResultType,
    Revision,
)
from motcua.service.workflows.blueprint import Blueprint, Flow, Outcome, Step, StepKind
from motcua.service.workflows.operations.drafting import draft
from motcua.service.workflows.operations.publishing import publish

LONG_AGO = date(2025, 7, 1)
BEGINNING = datetime(2025, 7, 1, 8, 0, tzinfo=VIETNAM)
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=VIETNAM)

USUAL = Blueprint(
    name="Quy trình giải quyết",
    steps=(
        Step("receive", "Tiếp nhận, chuyển hồ sơ", StepKind.RECEIVE, "CLERK", 240),
        Step("assign", "Phân công thụ lý", StepKind.ASSIGN, "DIVISION_HEAD", 120),
        Step("work", "Thẩm định hồ sơ", StepKind.WORK, "OFFICER", 960),
        Step("review", "Xem xét, trình ký", StepKind.REVIEW, "DIVISION_HEAD", 240),
        Step("sign", "Ký duyệt", StepKind.SIGN, "LEADER", 240),
        Step("issue", "Vào sổ, phát hành", StepKind.ISSUE, "RECORDS", 120),
        Step("return", "Trả kết quả", StepKind.RETURN, "CLERK", 0),
    ),
    flows=(
        Flow("receive", "assign"),
        Flow("assign", "work"),
        Flow("work", "review"),
        Flow("review", "sign", Outcome.AGREE),
        Flow("review", "work", Outcome.SEND_BACK),
        Flow("sign", "issue", Outcome.AGREE),
        Flow("sign", "work", Outcome.SEND_BACK),
        Flow("issue", "return"),
        Flow("return", "end"),
    ),
    start="receive",
)


@dataclass
class World:
    """Everything a test needs to receive a dossier and carry it to its end."""

    province: Agency
    centre: Agency
    department: Agency
    other: Agency
    clerk: User
    head: User
    officer: User
    colleague: User
    leader: User
    records: User
    stranger: User
    admin: User
    procedure: Procedure
    revision: Revision
    papers: list[Paper]
    offering: Offering
    applicant: Applicant

    def receive(self, at: datetime = MONDAY, **changes: object) -> Dossier:
        given = {
            "offering": self.offering,
            "applicant": self.applicant,
            "parts": self.parts(),
            "by": self.clerk,
            "at": at,
            **changes,
        }
        return receive(**given)  # type: ignore[arg-type]

    def parts(self) -> list[PartIn]:
        return [PartIn(name=paper.name, paper_id=paper.pk) for paper in self.papers]


@laid_once
def build_world(
    *,
    limit: int = 5,
    at_once: bool = False,
    has_financial_pause: bool = False,
    field: str = "Hộ tịch",
    since: date = LONG_AGO,
) -> World:
    """Lay the world down in the test's database, by the same operations as a province would."""
    begun = datetime.combine(since, time(8), VIETNAM)
    seed_roles(at=begun)
    seed_lateness()
    roles = {role.code: role for role in Role.objects.all()}

    def agency(code: str, name: str, kind: str, parent: Agency | None = None) -> Agency:
        return create_agency(
            code=code, name=name, kind=kind, parent=parent, valid_from=since, by=None, at=begun
        )

    province = agency("H31", "Tỉnh Mẫu", "PROVINCE")
    centre = agency("H31.1", "Trung tâm Phục vụ hành chính công tỉnh", "CENTRE", province)
    department = agency("H31.2", "Sở Tư pháp", "DEPARTMENT", province)
    other = agency("H31.3", "Sở Xây dựng", "DEPARTMENT", province)

    def person(username: str, name: str, role: str, at: Agency) -> User:
        user = create_staff(username=username, full_name=name, password="Mot-cua-2026!", by=None, at=begun)
        post = open_post(
            agency=at, title=f"{roles[role].name} {username}", role=roles[role], valid_from=since, by=None, at=begun
        )  # fmt: skip
        appoint(user, post=post, valid_from=since, by=None, at=begun)
        return user

    controller = person("kiemsoat", "Phạm Văn Kiểm", "CONTROLLER", province)
    admin = person("quantri", "Đỗ Thị Quản", "ADMIN", province)
    procedure, revision, papers = _procedure(
        limit, at_once=at_once, has_financial_pause=has_financial_pause, field=field, since=since
    )
    workflow = draft(procedure_id=procedure.pk, agency_id=None, blueprint=USUAL, by=controller, at=begun)
    publish(workflow_id=workflow.pk, by=admin, at=begun, valid_from=since)
    offering = Offering.objects.create(
        procedure=procedure, agency=department, receiving_agency=centre, valid_from=since
    )
    applicant = find_or_create_applicant(
        ApplicantInput(name="Nguyễn Thị Ánh", personal_number="033190001234", phone="0912345678"),
        by=None,
        at=begun,
    )
    return World(
        province=province,
        centre=centre,
        department=department,
        other=other,
        clerk=person("motcua", "Trần Thị Cúc", "CLERK", centre),
        head=person("truongphong", "Lê Văn Dũng", "DIVISION_HEAD", department),
        officer=person("chuyenvien", "Hoàng Minh Em", "OFFICER", department),
        colleague=person("chuyenvien2", "Vũ Thị Giang", "OFFICER", department),
        leader=person("lanhdao", "Đặng Quốc Hưng", "LEADER", department),
        records=person("vanthu", "Bùi Thị Khánh", "RECORDS", department),
        stranger=person("soxaydung", "Ngô Văn Lâm", "OFFICER", other),
        admin=admin,
        procedure=procedure,
        revision=revision,
        papers=papers,
        offering=offering,
        applicant=applicant,
    )


def in_work(world: World, at: datetime = MONDAY) -> Dossier:
    """A dossier in the officer's hands, two hours after its reception."""
    dossier = world.receive(at=at)
    transfer(dossier_id=dossier.pk, by=world.clerk, at=at + timedelta(hours=1))
    return assign_work(dossier_id=dossier.pk, holder=world.officer, by=world.head, at=at + timedelta(hours=2))


def judged(dossier: Dossier) -> list[ItemIn]:
    """A verdict on each of the three papers: the first to mend, the second fine, the third to add."""
    verdicts = ("MEND", "FINE", "ADD")
    return [
        ItemIn(verdict=verdict, instruction="" if verdict == "FINE" else "Nộp bản có chữ ký", part_id=part.pk)
        for part, verdict in zip(dossier.parts.order_by("position"), verdicts, strict=True)
    ]


def lacking_items(dossier: Dossier) -> list[SupplementItem]:
    """What was asked for and has not been brought."""
    return list(
        SupplementItem.objects.filter(
            dossier=dossier, brought_at=None, supplement__completed_at=None, supplement__closed_at=None
        ).exclude(verdict="FINE")
    )


def _procedure(
    limit: int, *, at_once: bool, has_financial_pause: bool, field: str, since: date
) -> tuple[Procedure, Revision, list[Paper]]:
    procedure = Procedure.objects.create(
        code="2.000635",
        name="Cấp bản sao trích lục hộ tịch",
        name_folded="cap ban sao trich luc ho tich",
        words="",
    )
    revision = Revision.objects.create(
        procedure=procedure,
        number=1,
        valid_from=since,
        published_at=datetime.combine(since, time(8), VIETNAM),
        name=procedure.name,
        field=field,
        online_level="FULL",  # filed on line where a test adds that channel
        needs_no_receipt=at_once,
        has_financial_pause=has_financial_pause,
    )
    Procedure.objects.filter(pk=procedure.pk).update(current=revision)
    case = Case.objects.create(revision=revision, position=1, name="Trường hợp chung")
    papers = [
        Paper.objects.create(revision=revision, case=case, position=position, name=name, originals=1)
        for position, name in enumerate(
            ["Tờ khai", "Giấy tờ tùy thân", "Giấy tờ chứng minh nơi cư trú"], start=1
        )
    ]
    Channel.objects.create(
        revision=revision,
        position=1,
        kind="COUNTER",
        limit_value=Decimal(limit),
        limit_unit=LimitUnit.WORKING_DAY,
    )
    ResultType.objects.create(revision=revision, position=1, name="Bản sao trích lục hộ tịch")
    procedure.refresh_from_db()
    return procedure, revision, papers
