"""A commune with its centre, the police and the social insurance: the group of birth, residence and health card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from motcua.core.time import VIETNAM
from motcua.foundation.calendars.clock import Limit, Unit
from motcua.foundation.identity.models import Applicant, User
from motcua.foundation.identity.operations.applicants import ApplicantInput, find_or_create_applicant
from motcua.foundation.identity.operations.roles import seed_roles
from motcua.foundation.identity.operations.staffing import appoint, create_staff
from motcua.foundation.org.models import Agency, Role
from motcua.foundation.org.operations.agencies import create_agency
from motcua.foundation.org.operations.posts import open_post
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.operations.assigning import claim
from motcua.service.dossiers.operations.deciding import propose, sign
from motcua.service.dossiers.operations.returning import issue
from motcua.service.linking.models import Bundle, LinkedGroup, LinkedPart
from motcua.service.linking.operations.defining import LinkDraft, PartDraft, draft_group, publish_group
from motcua.service.linking.operations.filing import PaperIn, file_bundle
from motcua.service.linking.reading import checklist_of
from motcua.service.procedures.facts import (
    ChannelFacts,
    GroupFacts,
    LimitFacts,
    PaperFacts,
    ProcedureFacts,
    ResultFacts,
)
from motcua.service.procedures.models import Offering, Procedure
from motcua.service.procedures.operations.offering import offer
from motcua.service.procedures.operations.publishing import publish as publish_procedure
from motcua.service.workflows.operations.drafting import draft
from motcua.service.workflows.operations.publishing import publish
from motcua.service.workflows.templates import short_blueprint

LONG_AGO = date(2025, 7, 1)
BEGINNING = datetime(2025, 7, 1, 8, 0, tzinfo=VIETNAM)
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=VIETNAM)
THREE_DAYS = Limit(Decimal(3), Unit.WORKING_DAY)
SELF = "Giấy tờ tùy thân của người đi đăng ký (xuất trình)"
BIRTH = ("Tờ khai khai sinh", "Giấy chứng sinh", SELF)
RESIDENCE = ("Tờ khai cư trú", "Giấy khai sinh", SELF)
CARD = ("Tờ khai thẻ", "Giấy khai sinh")


@dataclass
class Linked:
    """Everything a test needs to file a bundle and carry it through its agencies."""

    province: Agency
    commune: Agency
    centre: Agency
    police: Agency
    insurance: Agency
    clerk: User
    controller: User
    admin: User
    staff: dict[tuple[int, str], User]
    procedures: dict[str, Procedure]
    group: LinkedGroup
    applicant: Applicant

    def file(self, at: datetime = MONDAY, **changes: object) -> Bundle:
        given = {
            "group": self.group, "reception": self.centre, "applicant": self.applicant, "papers": self.papers(at),
            "by": self.clerk, "at": at, **changes,
        }  # fmt: skip
        return file_bundle(**given)  # type: ignore[arg-type]

    def papers(self, at: datetime = MONDAY) -> list[PaperIn]:
        asked = checklist_of(self.group, self.centre, at.date(), cases={}).asked
        return [PaperIn(key=one.key) for one in asked]

    def dossier(self, bundle: Bundle, key: str) -> Dossier:
        return Dossier.objects.get(bundle_id=bundle.pk, bundle_part=key)

    def person(self, dossier: Dossier, role: str) -> User:
        return self.staff[dossier.agency_id, role]

    def settle(self, dossier: Dossier, at: datetime, *, outcome: str = "APPROVE") -> Dossier:
        """From the officer's desk to the result at the centre."""
        officer = self.person(dossier, "OFFICER")
        claim(dossier_id=dossier.pk, by=officer, at=at)
        reason = "Không đủ điều kiện." if outcome == "REFUSE" else ""
        propose(dossier_id=dossier.pk, outcome=outcome, reason=reason, by=officer, at=at)
        sign(dossier_id=dossier.pk, by=self.person(dossier, "LEADER"), at=at)
        records = self.person(dossier, "RECORDS")
        return issue(dossier_id=dossier.pk, number="12/KQ", issued_on=at.date(), by=records, at=at)


def build_linked(*, mode: str = LinkedGroup.Mode.PARALLEL) -> Linked:
    seed_roles(at=BEGINNING)
    roles = {role.code: role for role in Role.objects.all()}

    def agency(code: str, name: str, kind: str, parent: Agency | None = None) -> Agency:
        return create_agency(
            code=code, name=name, kind=kind, parent=parent, valid_from=LONG_AGO, by=None, at=BEGINNING
        )

    def person(username: str, role: str, at: Agency) -> User:
        user = create_staff(
            username=username, full_name=f"Nguyễn Thị {username.strip('0123456789').title()}", password="Mot-cua-2026!",
            by=None, at=BEGINNING,
        )  # fmt: skip
        post = open_post(
            agency=at,
            title=f"{role} {username}",
            role=roles[role],
            valid_from=LONG_AGO,
            by=None,
            at=BEGINNING,
        )
        appoint(user, post=post, valid_from=LONG_AGO, by=None, at=BEGINNING)
        return user

    province = agency("H31", "Tỉnh Mẫu", "PROVINCE")
    commune = agency("H31.101", "Ủy ban nhân dân xã Mẫu", "COMMUNE", province)
    centre = agency("H31.101.01", "Trung tâm Phục vụ hành chính công xã Mẫu", "CENTRE", commune)
    police = agency("H31.7", "Công an tỉnh", "DEPARTMENT", province)
    insurance = agency("H31.8", "Bảo hiểm xã hội tỉnh", "DEPARTMENT", province)
    controller = person("kiemsoat", "CONTROLLER", province)
    admin = person("quantri", "ADMIN", province)
    staff = {
        (where.pk, role): person(f"{role.lower()}{where.pk}", role, where)
        for where in (commune, police, insurance)
        for role in ("OFFICER", "LEADER", "RECORDS")
    }
    asked = {
        "birth": ("1.001193", "Đăng ký khai sinh", BIRTH, "Giấy khai sinh", commune),
        "residence": ("1.004222", "Đăng ký thường trú", RESIDENCE, "Thông báo cư trú", police),
        "card": ("1.000000", "Cấp thẻ bảo hiểm y tế trẻ em", CARD, "Thẻ bảo hiểm y tế", insurance),
    }  # fmt: skip
    procedures = {}
    for key, (code, name, papers, result, settles) in asked.items():
        procedures[key] = _procedure(code, name, papers, result, at=BEGINNING)
        drafted = draft(
            procedure_id=procedures[key].pk, agency_id=None, blueprint=short_blueprint(480), by=controller,
            at=BEGINNING,
        )  # fmt: skip
        publish(workflow_id=drafted.pk, by=admin, at=BEGINNING, valid_from=LONG_AGO)
        offer(
            procedure=procedures[key], agency=settles, receiving_agency=centre if settles is commune else settles,
            by=None, at=BEGINNING, valid_from=LONG_AGO,
        )  # fmt: skip
    group = draft_group(
        code="LT-KS", name="Khai sinh, thường trú, thẻ bảo hiểm y tế cho trẻ dưới 6 tuổi", basis="63/2024/NĐ-CP",
        mode=mode,
        parts=[
            PartDraft("birth", procedures["birth"]),
            PartDraft("residence", procedures["residence"], LinkedPart.Settling.NAMED, police),
            PartDraft("card", procedures["card"], LinkedPart.Settling.KIND, agency_kind="DEPARTMENT"),
        ],
        links=[
            LinkDraft("birth", "residence", "Giấy khai sinh", "Giấy khai sinh"),
            LinkDraft("birth", "card", "Giấy khai sinh", "Giấy khai sinh"),
        ],
        limit=THREE_DAYS, starts_next_day_after_cutoff=True, valid_from=LONG_AGO, by=controller, at=BEGINNING,
    )  # fmt: skip
    publish_group(group_id=group.pk, by=admin, at=BEGINNING)
    group.refresh_from_db()
    applicant = find_or_create_applicant(
        ApplicantInput(name="Nguyễn Thị Ánh", personal_number="033190001234", phone="0912345678"),
        by=None,
        at=BEGINNING,
    )
    return Linked(
        province, commune, centre, police, insurance, person("motcua", "CLERK", centre), controller, admin, staff,
        procedures, group, applicant,
    )  # fmt: skip


def _procedure(code: str, name: str, papers: tuple[str, ...], result: str, *, at: datetime) -> Procedure:
    facts = ProcedureFacts(
        code=code,
        name=name,
        field="Liên thông" if code == "1.000000" else "Hộ tịch",
        groups=(GroupFacts(papers=tuple(PaperFacts(paper, originals=1) for paper in papers)),),
        channels=(
            ChannelFacts("COUNTER", "Trực tiếp", LimitFacts(Decimal(1), "WORKING_DAY", "Ngày làm việc")),
        ),
        results=(ResultFacts(result),),
    )
    return publish_procedure(facts=facts, by=None, at=at, valid_from=LONG_AGO).procedure


def offering_of(procedure: Procedure) -> Offering:
    return Offering.objects.get(procedure=procedure)
