"""A small province in which one dossier can go its whole way; every row is made by the operations of its room."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from motcua.core.time import VIETNAM
from motcua.foundation.identity.models import Applicant, User
from motcua.foundation.identity.operations.applicants import ApplicantInput, find_or_create_applicant
from motcua.foundation.identity.operations.roles import seed_roles
from motcua.foundation.identity.operations.staffing import appoint, create_staff
from motcua.foundation.org.models import Agency, Role
from motcua.foundation.org.operations.agencies import create_agency
from motcua.foundation.org.operations.posts import open_post, open_unit
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.operations import assigning, deciding, receiving, returning, transferring
from motcua.service.procedures.models import Case, Channel, Offering, Paper, Procedure, ResultType, Revision
from motcua.service.workflows.operations.drafting import draft
from motcua.service.workflows.operations.publishing import publish
from motcua.service.workflows.templates import standard_blueprint

FOUNDED = date(2025, 7, 1)
EARLIER = datetime(2026, 1, 5, 8, tzinfo=VIETNAM)


def at(hour: int, minute: int = 0, day: int = 20, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=VIETNAM)


@dataclass
class World:
    """Một tỉnh nhỏ: the agencies, the people and one procedure."""

    centre: Agency
    department: Agency
    division: Agency
    offering: Offering
    revision: Revision
    applicant: Applicant
    people: dict[str, User] = field(default_factory=dict)

    def receive(self, when: datetime, **more: object) -> Dossier:
        papers = self.revision.papers.order_by("position")
        return receiving.receive(
            offering=self.offering,
            applicant=self.applicant,
            parts=[receiving.PartIn(name=paper.name, paper_id=paper.pk) for paper in papers],
            by=self.people["CLERK"],
            at=when,
            **more,
        )

    def settle(self, dossier: Dossier) -> None:
        """The whole way after reception, up to the result at the counter."""
        people = self.people
        transferring.transfer(dossier_id=dossier.pk, by=people["CLERK"], at=at(10, 15))
        assigning.assign_work(
            dossier_id=dossier.pk, holder=people["OFFICER"], by=people["DIVISION_HEAD"], at=at(14)
        )
        deciding.propose(
            dossier_id=dossier.pk,
            outcome="APPROVE",
            reason="Đủ điều kiện",
            by=people["OFFICER"],
            at=at(9, day=25),
        )
        deciding.review(dossier_id=dossier.pk, by=people["DIVISION_HEAD"], at=at(15, day=25))
        deciding.sign(dossier_id=dossier.pk, by=people["LEADER"], at=at(9, day=26))
        returning.issue(
            dossier_id=dossier.pk, number="CS 01234/2026", issued_on=date(2026, 11, 26), by=people["RECORDS"],
            at=at(10, 30, day=26),
        )  # fmt: skip

    def hand_out(self, dossier: Dossier, receiver: str = "") -> None:
        returning.return_result(
            dossier_id=dossier.pk, by=self.people["CLERK"], at=at(14, 20, day=26), receiver_name=receiver
        )


def build() -> World:
    seed_roles(at=EARLIER)
    province = _agency("H15", "Ủy ban nhân dân tỉnh Đắk Lắk", "PROVINCE", None, place_code="66")
    centre = _agency("H15.13", "Trung tâm Phục vụ hành chính công", "CENTRE", province)
    department = _agency("H15.08", "Sở Nông nghiệp và Môi trường", "DEPARTMENT", province)
    division = _agency("H15.08.02", "Phòng Đăng ký đất đai", "DIVISION", department)
    open_unit(
        agency=centre, code="MC-TINH", name="Trung tâm Phục vụ hành chính công tỉnh Đắk Lắk",
        address="01 Nguyễn Tất Thành", phone="0262381234", valid_from=FOUNDED, by=None, at=EARLIER,
    )  # fmt: skip
    world = World(centre, department, division, *_procedure(centre, department), _applicant())
    for role, name, agency in (
        ("CLERK", "Lê Thị Hồng Vân", centre),
        ("OFFICER", "Y Blăng Niê", department),
        ("DIVISION_HEAD", "Phạm Văn Đức", department),
        ("LEADER", "Hoàng Minh Tuấn", department),
        ("RECORDS", "Đỗ Thị Mai", department),
    ):
        world.people[role] = _staff(role, name, agency)
    _workflow(world)
    return world


def _agency(code: str, name: str, kind: str, parent: Agency | None, place_code: str = "") -> Agency:
    return create_agency(
        code=code,
        name=name,
        kind=kind,
        parent=parent,
        valid_from=FOUNDED,
        place_code=place_code,
        by=None,
        at=EARLIER,
    )


def _staff(role: str, name: str, agency: Agency) -> User:
    user = create_staff(
        username=f"{role.lower()}.{agency.code.lower()}", full_name=name, password="Một mật khẩu dài 2026",
        by=None, at=EARLIER,
    )  # fmt: skip
    post = open_post(
        agency=agency, title=name, role=Role.objects.get(code=role), valid_from=FOUNDED, by=None, at=EARLIER
    )
    appoint(user, post=post, valid_from=FOUNDED, by=None, at=EARLIER)
    return user


def _applicant() -> Applicant:
    return find_or_create_applicant(
        ApplicantInput(
            name="Nguyễn Thị Tuyết Nhung", personal_number="066190001234", phone="0905123456",
            email="tuyetnhung@example.vn", birth="1990", street="25 Lý Thường Kiệt", province_code="66",
        ),
        by=None,
        at=EARLIER,
    )  # fmt: skip


def _procedure(centre: Agency, department: Agency) -> tuple[Offering, Revision]:
    name = "Đăng ký biến động đất đai"
    procedure = Procedure.objects.create(code="1.004199", name=name, name_folded="", words="")
    revision = Revision.objects.create(
        procedure=procedure, number=1, valid_from=FOUNDED, published_at=EARLIER, name=name, field="Đất đai"
    )
    common = Case.objects.create(revision=revision, position=1)
    Channel.objects.create(
        revision=revision, position=1, kind="COUNTER", limit_value=5, limit_unit="WORKING_DAY"
    )
    for position, paper in enumerate(("Đơn đăng ký biến động", "Giấy chứng nhận đã cấp"), start=1):
        Paper.objects.create(revision=revision, case=common, position=position, name=paper, originals=1)
    ResultType.objects.create(revision=revision, position=1, name="Giấy chứng nhận đã xác nhận thay đổi")
    procedure.current = revision
    procedure.save(update_fields=["current"])
    offering = Offering.objects.create(
        procedure=procedure, agency=department, receiving_agency=centre, valid_from=FOUNDED
    )
    return offering, revision


def _workflow(world: World) -> None:
    drafted = draft(
        procedure_id=world.offering.procedure_id,
        agency_id=None,
        blueprint=standard_blueprint(5 * 450),
        by=None,
        at=EARLIER,
    )
    publish(workflow_id=drafted.pk, by=world.people["LEADER"], at=EARLIER)
