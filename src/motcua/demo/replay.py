"""Diễn lại một năm: every dossier of the demo lives by the same operations as a real one, on a simulated clock.

One queue of acts, taken in the order of their time; an act that ends a step puts the next one into the queue. What
would happen after now does not happen: so the demo has dossiers in every state, and each has a true ledger.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from io import BytesIO
from itertools import count
from random import Random
from uuid import UUID

from motcua.core.time import VIETNAM, local_date
from motcua.demo.aftermath import Aftermath
from motcua.demo.linked import LISTED
from motcua.demo.papers import result, scan
from motcua.demo.people import a_firm, a_person
from motcua.demo.province import Province
from motcua.foundation.calendars.clock import add_working_minutes
from motcua.foundation.calendars.loading import work_calendar
from motcua.foundation.documents.metadata import PaperFacts
from motcua.foundation.documents.operations.storing import store
from motcua.foundation.identity.models import Applicant, User
from motcua.foundation.identity.operations.applicants import AnotherName, find_or_create_applicant
from motcua.service.dossiers.models import Consultation, Dossier, Part, Pause, Stop
from motcua.service.dossiers.operations.assigning import assign_work, candidates, claim
from motcua.service.dossiers.operations.consulting import answer, consult
from motcua.service.dossiers.operations.deadlines import raise_alarms
from motcua.service.dossiers.operations.deciding import propose, review, send_back, sign
from motcua.service.dossiers.operations.keeping import add_note, prioritise
from motcua.service.dossiers.operations.pausing import kinds_allowed, pause, resume
from motcua.service.dossiers.operations.receiving import PartIn, receive, refuse_intake
from motcua.service.dossiers.operations.receiving_elsewhere import receive_paper, send_paper
from motcua.service.dossiers.operations.returning import issue, return_result
from motcua.service.dossiers.operations.settling_at_once import settle_at_once, why_not_at_once
from motcua.service.dossiers.operations.stopping import lapse_silent, stop
from motcua.service.dossiers.operations.supplementing import (
    BroughtIn,
    ItemIn,
    ask_supplement,
    awaited,
    complete_supplement,
    is_timely,
)
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.dossiers.states import WITHDRAW, State
from motcua.service.linking import reading
from motcua.service.linking.models import LinkedGroup
from motcua.service.linking.operations.filing import PaperIn, file_bundle
from motcua.service.paperwork.operations.charging import issue_fee_receipt
from motcua.service.procedures.models import Case, Offering, Paper
from motcua.service.workflows.blueprint import StepKind
from motcua.service.workflows.models import WorkflowStep

Act = Callable[[datetime], object]

REASONS = (
    "Thông tin trên tờ khai không khớp giấy tờ tùy thân.",
    "Thửa đất đang có tranh chấp, chưa đủ điều kiện theo quy định.",
    "Không thuộc thẩm quyền giải quyết của cơ quan.",
)
NOTES = (
    "Đã gọi điện báo người nộp chuẩn bị bản chính để đối chiếu.",
    "Hồ sơ giấy lưu tại kệ B2.",
    "Đã đối chiếu với sổ gốc, khớp.",
)
OPINIONS = (
    "Thống nhất với đề nghị.",
    "Khu vực không vướng quy hoạch.",
    "Đề nghị kiểm tra lại diện tích thực tế.",
)
LACKING = (
    "Ký tên và ghi rõ họ tên vào trang cuối.",
    "Nộp bản sao có chứng thực còn hạn.",
    "Ghi lại đúng số định danh theo thẻ căn cước.",
)
SCANNED_SHARE = 0.15
CENTRAL_SHARE = 0.5
RECENT_SHARE = 0.3  # of the year's dossiers, received in the last days
FORGOTTEN_SHARE = 0.02  # of the results, issued without an electronic copy
AT_ONCE_SHARE = 0.6  # of what the counter may settle while the person waits
BUNDLES = 18  # filings for a group
ELSEWHERE = 12  # dossiers received regardless of boundaries
SUPPLEMENT_SHARE = 0.09  # of the dossiers that an officer looks at
SILENT_SHARE = 0.2  # of those asked to bring something, who never come
WITHDRAWN_SHARE = 0.02
PAUSED_SHARE = 0.5  # of the dossiers whose law lets them wait for a tax
STUCK_SHARE = 0.03  # of the steps, far longer than allowed


@dataclass
class Replay:
    """Một năm của tỉnh mẫu. The same seed gives the same year, counted back from `until`."""

    province: Province
    offerings: list[Offering]
    until: datetime
    chance: Random = field(default_factory=lambda: Random(2026))  # noqa: S311  a demo wants the same year each time
    groups: list[LinkedGroup] = field(default_factory=list)
    received: int = 0

    def __post_init__(self) -> None:
        self._queue: list[tuple[datetime, int, Act]] = []
        self._order = count()
        self._people: list[Applicant] = []
        self._aftermath = Aftermath(self.province, self._plan, self._later, self.chance)
        self._asked: set[UUID] = set()  # opinions of a workflow whose answer is planned
        self._waiting: set[UUID] = set()  # parts of bundles that wait for another part's output

    def run(self, dossiers: int) -> Iterator[int]:
        """Receive `dossiers` over the last year and carry each as far as its time allows; tells how many were taken in."""
        for at in self._arrivals(dossiers):
            self._plan(at, self._receive)
        for at in self._arrivals(12):
            self._plan(at, self._refuse_intake)
        self._aftermath.watch(self._working_days())
        self._aftermath.filings(self.offerings, self._working_days(), self.until, self._applicant)
        for at in self._arrivals(ELSEWHERE) if self.groups else ():
            self._plan(at, self._receive_elsewhere)
        for at in self._arrivals(BUNDLES) if self.groups else ():
            self._plan(at, self._file_bundle)
        told = 0
        while self._queue:
            at, _, act = heapq.heappop(self._queue)
            if at > self.until:
                break
            act(at)
            if self.received != told:
                told = self.received
                yield told
        lapse_silent(self.until)
        raise_alarms(self.until)

    # When

    def _plan(self, at: datetime, act: Act) -> None:
        heapq.heappush(self._queue, (at, next(self._order), act))

    def _arrivals(self, number: int) -> list[datetime]:
        """Moments of reception in opening hours: evenly over the year, denser in the last weeks."""
        days = self._working_days()
        recent = days[-8:]
        chosen = [
            self.chance.choice(recent if self.chance.random() < RECENT_SHARE else days)
            for _ in range(max(number - 4, 0))
        ] + recent[-2:] * 2
        moments = [self._opening_hour(day) for day in chosen]
        return sorted(moment for moment in moments if moment < self.until)[:number]

    def _working_days(self) -> list[date]:
        calendar = work_calendar(None, local_date(self.until))
        day = local_date(self.until) - timedelta(days=365)
        span = (day + timedelta(days=step) for step in range(366))
        return [day for day in span if calendar.is_working(day)]

    def _opening_hour(self, day: date) -> datetime:
        hour = self.chance.choices((7, 8, 9, 10, 13, 14, 15, 16), (2, 5, 5, 4, 2, 4, 3, 2))[0]
        minute = self.chance.randint(35, 59) if hour in {7, 13} else self.chance.randint(0, 55)
        return datetime.combine(day, time(hour, minute, self.chance.randint(0, 59)), VIETNAM)

    def _later(self, at: datetime, minutes: float, agency_id: int) -> datetime:
        """So many working minutes later, at that agency."""
        return add_working_minutes(at, max(1, round(minutes)), work_calendar(agency_id, local_date(at)))

    # What

    def _receive(self, at: datetime) -> None:
        offering = self._offering()
        applicant = self._applicant(offering, at)
        clerk = self.chance.choice(self.province.people(offering.receiving_agency, "CLERK"))
        revision = offering.revision_on(local_date(at))
        case = self.chance.choice(revision.cases) if revision.cases else None
        is_scanned = self.chance.random() < SCANNED_SHARE
        if why_not_at_once(offering, local_date(at)) is None and self.chance.random() < AT_ONCE_SHARE:
            self._settle_at_once(offering, applicant, clerk, case.pk if case else None, at)
            return
        dossier = receive(
            offering=offering,
            applicant=applicant,
            parts=[
                self._part(paper, applicant, clerk, at, is_scanned=is_scanned)
                for paper in revision.papers_of(case)
            ],
            by=clerk,
            at=at,
            case_id=case.pk if case else None,
            fee_amount=revision.fee_amount_for("COUNTER", case) or 0,
        )
        self._receipt_for(dossier, clerk, at)
        self.received += 1
        if self.chance.random() < 0.04:
            prioritise(
                dossier_id=dossier.pk,
                priority="HIGH",
                reason="Người cao tuổi, đi lại khó khăn",
                by=clerk,
                at=at,
            )
        if self.chance.random() < WITHDRAWN_SHARE:
            when = self._later(at, self.chance.randint(300, 2500), dossier.reception_agency_id)
            self._plan(when, lambda moment: self._withdraw(dossier.pk, moment))
        self._next(dossier.pk, at)

    def _settle_at_once(
        self, offering: Offering, applicant: Applicant, clerk: User, case_id: int | None, at: datetime
    ) -> None:
        revision = offering.revision_on(local_date(at))
        case = revision.case_or_refuse(case_id)
        number = self.chance.randint(1, 990)
        copy = store(BytesIO(result(number % 16)), name=f"Kết quả {number}.pdf", by=clerk, at=at)
        settled = settle_at_once(
            offering=offering,
            applicant=applicant,
            parts=[
                self._part(paper, applicant, clerk, at, is_scanned=False)
                for paper in revision.papers_of(case)
            ],
            number=f"{number}/CT",
            document_id=copy.pk,
            by=clerk,
            at=at,
            case_id=case_id,
            fee_amount=revision.fee_amount_for("COUNTER", case) or 0,
        )
        self._receipt_for(settled, clerk, at)
        self.received += 1

    def _file_bundle(self, at: datetime) -> None:
        """One filing for a group at a commune's centre; each part then lives at its own agency."""
        group = self.chance.choice(self.groups)
        reception = self.province.centres[self.chance.choice(self.province.communes).pk]
        clerk = self.chance.choice(self.province.people(reception, "CLERK"))
        day = local_date(at)
        cases = {part.key: self._usual_case(some) for part, some in reading.cases_to_choose(group, day)}
        asked = reading.checklist_of(group, reception, day, cases=cases).asked
        bundle = file_bundle(
            group=group,
            reception=reception,
            applicant=self._somebody_new(at),
            papers=[PaperIn(one.key) for one in asked if one.is_required],
            by=clerk,
            at=at,
            cases=cases,
        )
        for dossier in Dossier.objects.filter(bundle_id=bundle.pk).order_by("bundle_part"):
            self.received += 1
            if dossier.state == State.AWAITING_OUTPUT:
                self._waiting.add(dossier.pk)
            else:
                self._next(dossier.pk, at)

    @staticmethod
    def _usual_case(cases: Sequence[Case]) -> int:
        """A child goes to live with its parents."""
        return next((case for case in cases if "cha, mẹ" in case.name), cases[0]).pk

    def _somebody_new(self, at: datetime) -> Applicant:
        try:
            return find_or_create_applicant(a_person(self.chance), by=None, at=at)
        except AnotherName:
            return self._somebody_new(at)

    def _begin_waiting(self, at: datetime) -> None:
        """Parts whose output has come go on; those that were stopped are forgotten."""
        if not self._waiting:
            return
        for dossier in Dossier.objects.filter(pk__in=self._waiting).exclude(state=State.AWAITING_OUTPUT):
            self._waiting.discard(dossier.pk)
            self._next(dossier.pk, at)

    def _receive_elsewhere(self, at: datetime) -> None:
        """Handed in at another commune's centre; the paper file follows in an envelope."""
        listed = [one for one in self.offerings if one.procedure.code in LISTED]
        offering = self.chance.choice(listed)
        places = [
            centre for centre in self.province.centres.values() if centre.pk != offering.receiving_agency_id
        ]
        reception = self.chance.choice(places)
        clerk = self.chance.choice(self.province.people(reception, "CLERK"))
        revision = offering.revision_on(local_date(at))
        case = revision.cases[0] if revision.cases else None
        papers = revision.papers_of(case)
        dossier = receive(
            offering=offering, applicant=self._somebody_new(at), by=clerk, at=at, reception=reception,
            parts=[PartIn(paper.name, paper.pk) for paper in papers if paper.is_required],
            case_id=case.pk if case else None,
        )  # fmt: skip
        self.received += 1
        self._next(dossier.pk, at)
        self._plan(
            self._later(at, self.chance.randint(60, 420), reception.pk),
            lambda then: self._send(dossier, clerk, then),
        )

    def _send(self, dossier: Dossier, clerk: User, at: datetime) -> None:
        send_paper(dossier_id=dossier.pk, by=clerk, at=at, carrier="Bưu điện xã")
        records = self.chance.choice(self.province.people(dossier.agency, "RECORDS"))

        def arrive(then: datetime) -> None:
            receive_paper(dossier_id=dossier.pk, by=records, at=then, note="Đủ theo phiếu")

        self._plan(self._later(at, self.chance.randint(120, 600), dossier.agency_id), arrive)

    def _receipt_for(self, dossier: Dossier, clerk: User, at: datetime) -> None:
        """The fee receipt, at once; now and then a clerk forgets it."""
        if dossier.fee_amount and dossier.book_number % 50 != 7:
            charge = f"Lệ phí {dossier.revision.name[:1].lower()}{dossier.revision.name[1:]}"
            issue_fee_receipt(
                dossier_id=dossier.pk,
                kind="CHARGE",
                charge=charge[:300],
                amount=dossier.fee_amount,
                by=clerk,
                at=at,
            )

    def _offering(self) -> Offering:
        """Half at the province's centre, half in the communes, though these offer many more."""
        is_central = self.chance.random() < CENTRAL_SHARE
        return self.chance.choice(
            [
                one
                for one in self.offerings
                if (one.receiving_agency_id == self.province.centre.pk) is is_central
            ]
        )

    def _refuse_intake(self, at: datetime) -> None:
        offering = self._offering()
        clerk = self.chance.choice(self.province.people(offering.receiving_agency, "CLERK"))
        refuse_intake(
            offering=offering,
            applicant=self._applicant(offering, at),
            reasons=[self.chance.choice(REASONS)],
            by=clerk,
            at=at,
        )

    def _applicant(self, offering: Offering, at: datetime) -> Applicant:
        if self._people and self.chance.random() < 0.15:
            return self.chance.choice(self._people)
        is_firm = "công ty" in offering.procedure.name.lower() or self.chance.random() < 0.05
        try:
            person = find_or_create_applicant(
                a_firm(self.chance) if is_firm else a_person(self.chance), by=None, at=at
            )
        except AnotherName:
            return self._applicant(offering, at)
        if not is_firm:
            self._people.append(person)
        return person

    def _part(
        self, paper: Paper, applicant: Applicant, clerk: User, at: datetime, *, is_scanned: bool
    ) -> PartIn:
        is_brought = paper.is_required or self.chance.random() < 0.5
        document_ids = []
        if is_scanned and is_brought:
            picture = BytesIO(scan(self.chance.randint(1, 9)))
            facts = PaperFacts(
                paper_type_code=paper.template_code or f"GT.{paper.position:02d}",
                holder_id=applicant.pk,
                title=paper.name[:500],
                abstract=f"{paper.name[:400]} của {applicant.name}",
                valid_from=local_date(at),
                validity_scope="Toàn quốc",
            )
            scanned = store(picture, name=f"Bản quét {paper.position}.jpg", by=clerk, at=at, facts=facts)
            document_ids = [scanned.pk]
        return PartIn(
            name=paper.name,
            paper_id=paper.pk,
            form=Part.Form.ORIGINAL if paper.originals else Part.Form.COPY,
            quantity=paper.originals or paper.copies or 1,
            status=Part.Status.PROVIDED if is_brought else Part.Status.NOT_NEEDED,
            document_ids=document_ids,
        )

    def _next(self, dossier_id: UUID, at: datetime) -> None:
        """Plan the act that ends the step which has just begun: most in time, some late."""
        dossier = Dossier.objects.get(pk=dossier_id)
        acts: dict[str, Callable[[Dossier, datetime], None]] = {
            StepKind.RECEIVE: self._transfer,
            StepKind.ASSIGN: self._assign,
            StepKind.WORK: self._work,
            StepKind.REVIEW: self._review,
            StepKind.SIGN: self._sign,
            StepKind.ISSUE: self._issue,
            StepKind.RETURN: self._return,
        }
        if dossier.step_kind not in acts:
            return
        act = acts[dossier.step_kind]
        if act == self._work and dossier.holder_id is None:
            act = self._claim
        step = WorkflowStep.objects.get(workflow=dossier.workflow_id, key=dossier.step_key)
        pace = self.chance.lognormvariate(-0.95, 0.4)
        if self.chance.random() < STUCK_SHARE:
            pace = self.chance.uniform(2.5, 9)
        if act == self._claim:
            pace = self.chance.uniform(0.02, 0.2)
        minutes = step.minutes * pace if step.minutes else self.chance.expovariate(1 / 700)
        when = self._later(at, minutes, dossier.agency_id)
        self._plan(when, lambda moment: self._walk(dossier_id, act, moment))

    def _walk(self, dossier_id: UUID, act: Callable[[Dossier, datetime], None], at: datetime) -> None:
        dossier = Dossier.objects.select_related("holder", "agency", "reception_agency").get(pk=dossier_id)
        if dossier.closed_at or dossier.stands_still:
            return
        act(dossier, at)
        self._ask_beside(dossier_id, at)
        if dossier.bundle_id:
            self._begin_waiting(at)
        was = (dossier.step_key, dossier.holder_id)
        if Dossier.objects.values_list("step_key", "holder").get(pk=dossier_id) != was:
            self._next(dossier_id, at)

    def _ask_beside(self, dossier_id: UUID, at: datetime) -> None:
        """Opinions that the workflow asks beside the assessment: each agency answers in its own time."""
        for question in Consultation.objects.open().filter(dossier=dossier_id, task_id__isnull=False):
            if question.pk not in self._asked:
                self._asked.add(question.pk)
                self._answer_later(question, at)

    def _answer_later(self, question: Consultation, at: datetime) -> None:
        when = self._later(at, self.chance.randint(300, 2200), question.agency_id)
        self._plan(when, lambda moment: self._answer_beside(question.pk, moment))

    def _answer_beside(self, question_id: UUID, at: datetime) -> None:
        question = Consultation.objects.select_related("agency", "dossier").get(pk=question_id)
        dossier = question.dossier
        if question.answered_at or question.dropped_at or dossier.closed_at:
            return
        if dossier.stands_still:
            self._answer_later(question, at)
            return
        expert = self.chance.choice(self.province.people(question.agency, "OFFICER"))
        answer(consultation_id=question.pk, text=self.chance.choice(OPINIONS), by=expert, at=at)
        if Dossier.objects.values_list("step_key", flat=True).get(pk=dossier.pk) != dossier.step_key:
            self._next(dossier.pk, at)

    def _transfer(self, dossier: Dossier, at: datetime) -> None:
        transfer(dossier_id=dossier.pk, by=dossier.holder or self._somebody(dossier, at), at=at)

    def _assign(self, dossier: Dossier, at: datetime) -> None:
        officers = self.province.people(dossier.agency, "OFFICER")
        assign_work(
            dossier_id=dossier.pk, holder=self.chance.choice(officers), by=self._somebody(dossier, at), at=at
        )

    def _claim(self, dossier: Dossier, at: datetime) -> None:
        claim(dossier_id=dossier.pk, by=self._somebody(dossier, at), at=at)

    def _work(self, dossier: Dossier, at: datetime) -> None:
        officer = self._somebody(dossier, at)
        if self.chance.random() < 0.1:
            add_note(dossier_id=dossier.pk, text=self.chance.choice(NOTES), by=officer, at=at)
        if self.chance.random() < 0.12 and not dossier.consultations.exists():
            self._consult(dossier, officer, at)
            return
        if self._interrupts(dossier, officer, at):
            return
        is_refused = self.chance.random() < 0.04
        propose(
            dossier_id=dossier.pk,
            outcome="REFUSE" if is_refused else "APPROVE",
            reason=self.chance.choice(REASONS) if is_refused else "",
            by=officer,
            at=at,
        )

    def _consult(self, dossier: Dossier, officer: User, at: datetime) -> None:
        others = [agency for agency in self.province.departments.values() if agency.pk != dossier.agency_id]
        asked = self.chance.choice(others)
        due = self._later(at, 900, asked.pk)
        wording = "Đề nghị cho ý kiến về nội dung hồ sơ."
        question = consult(
            dossier_id=dossier.pk, agency=asked, question=wording, due_at=due, by=officer, at=at
        )

        def reply(moment: datetime) -> None:
            if Dossier.objects.get(pk=dossier.pk).closed_at:
                return
            expert = self.chance.choice(self.province.people(asked, "OFFICER"))
            answer(consultation_id=question.pk, text=self.chance.choice(OPINIONS), by=expert, at=moment)
            self._plan(
                self._later(moment, 120, dossier.agency_id),
                lambda then: self._walk(dossier.pk, self._work, then),
            )

        self._plan(self._later(at, self.chance.randint(200, 1100), asked.pk), reply)

    def _interrupts(self, dossier: Dossier, officer: User, at: datetime) -> bool:
        """Some dossiers lack something, and some wait for a tax."""
        if self.chance.random() < SUPPLEMENT_SHARE and not dossier.supplements.exists():
            return self._ask_supplement(dossier, officer, at)
        has_waited = dossier.pauses.exists()
        if kinds_allowed(dossier) and not has_waited and self.chance.random() < PAUSED_SHARE:
            self._pause(dossier, officer, at)
            return True
        return False

    def _ask_supplement(self, dossier: Dossier, officer: User, at: datetime) -> bool:
        parts = list(dossier.parts.order_by("position"))
        lacking = set(self.chance.sample(range(len(parts)), k=min(len(parts), self.chance.randint(1, 2))))
        if not parts or not is_timely(dossier, at):
            return False
        supplement = ask_supplement(
            dossier_id=dossier.pk,
            items=[
                ItemIn("MEND" if place in lacking else "FINE", self.chance.choice(LACKING), part.pk)
                for place, part in enumerate(parts)
            ],
            reason="Hồ sơ chưa đủ căn cứ để thẩm định.",
            contact_name=officer.full_name,
            contact_phone=dossier.agency.phone,
            by=officer,
            at=at,
        )
        if self.chance.random() < SILENT_SHARE and supplement.waits_until:
            self._plan(supplement.waits_until + timedelta(hours=8), lapse_silent)
            return True
        comes = self._later(at, self.chance.randint(300, 3300), dossier.reception_agency_id)
        self._plan(comes, lambda moment: self._bring(dossier.pk, moment))
        return True

    def _bring(self, dossier_id: UUID, at: datetime) -> None:
        """The applicant brings everything, or first a part of it."""
        dossier = Dossier.objects.select_related("reception_agency").get(pk=dossier_id)
        supplement = awaited(dossier)
        if supplement is None:
            return
        items = list(supplement.items.exclude(verdict="FINE").filter(brought_at=None))
        brings = items[:1] if self.chance.random() < 0.2 else items
        clerk = self.chance.choice(self.province.people(dossier.reception_agency, "CLERK"))
        taken = complete_supplement(
            dossier_id=dossier_id, brought=[BroughtIn(item.pk) for item in brings], by=clerk, at=at
        )
        if taken.completed_at:
            self._next(dossier_id, at)
        else:
            again = self._later(at, 120, dossier.reception_agency_id)
            self._plan(again, lambda moment: self._bring(dossier_id, moment))

    def _pause(self, dossier: Dossier, officer: User, at: datetime) -> None:
        pause(
            dossier_id=dossier.pk,
            kind=Pause.Kind.FINANCIAL,
            reason="Chờ người nộp thực hiện nghĩa vụ tài chính về đất đai.",
            basis="Pháp luật về đất đai",
            letter=f"{self.chance.randint(10, 990)}/TB-CCT",
            letter_on=local_date(at),
            by=officer,
            at=at,
        )

        def paid(moment: datetime) -> None:
            now = Dossier.objects.get(pk=dossier.pk)
            if now.state == State.PAUSED:
                resume(dossier_id=now.pk, by=self._somebody(now, moment), at=moment, note="Đã nộp đủ thuế")
                self._next(now.pk, moment)

        self._plan(self._later(at, self.chance.randint(900, 9000), dossier.agency_id), paid)

    def _withdraw(self, dossier_id: UUID, at: datetime) -> None:
        dossier = Dossier.objects.select_related("reception_agency").get(pk=dossier_id)
        if not WITHDRAW.is_lawful_from(dossier.state):
            return
        clerk = self.chance.choice(self.province.people(dossier.reception_agency, "CLERK"))
        stop(
            dossier_id=dossier_id,
            kind=Stop.Kind.WITHDRAW,
            requested_by=dossier.applicant_name,
            reason="Không còn nhu cầu giải quyết.",
            papers="Trả lại toàn bộ giấy tờ đã nộp",
            fees="Không hoàn lại phí đã thu theo quy định" if dossier.fee_amount else "Không thu",
            by=clerk,
            at=at,
        )

    def _review(self, dossier: Dossier, at: datetime) -> None:
        head = self._somebody(dossier, at)
        if self.chance.random() < 0.08:
            send_back(dossier_id=dossier.pk, reason="Bổ sung căn cứ pháp lý trong tờ trình.", by=head, at=at)
        else:
            review(dossier_id=dossier.pk, by=head, at=at)

    def _sign(self, dossier: Dossier, at: datetime) -> None:
        leader = self._somebody(dossier, at)
        if self.chance.random() < 0.03:
            send_back(dossier_id=dossier.pk, reason="Chỉnh lại thể thức văn bản.", by=leader, at=at)
        else:
            sign(dossier_id=dossier.pk, by=leader, at=at)

    def _issue(self, dossier: Dossier, at: datetime) -> None:
        clerk = self._somebody(dossier, at)
        number = self.chance.randint(10, 990)
        is_forgotten = self.chance.random() < FORGOTTEN_SHARE
        paper = BytesIO(result(number % 16))
        copy = None if is_forgotten else store(paper, name=f"Kết quả {number}.pdf", by=clerk, at=at)
        issued = issue(
            dossier_id=dossier.pk,
            number=f"{number}/KQ-{dossier.agency.code.replace('.', '')}",
            issued_on=local_date(at),
            document_id=copy.pk if copy else None,
            by=clerk,
            at=at,
        )
        self._aftermath.after_issue(issued, at)

    def _return(self, dossier: Dossier, at: datetime) -> None:
        returned = return_result(dossier_id=dossier.pk, by=self._somebody(dossier, at), at=at)
        self._aftermath.after_return(returned, at)

    def _somebody(self, dossier: Dossier, at: datetime) -> User:
        """Whoever holds the dossier, or one of those who may."""
        return dossier.holder or self.chance.choice(candidates(dossier, at))
