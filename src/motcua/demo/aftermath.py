"""Sau khi chậm, sau khi sai: apologies, explanations, mended results and on-line filings of the demo's year.

Planned into the same queue as the lives of the dossiers, by the same operations as a real office's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from random import Random
from uuid import UUID

from motcua.core.errors import DomainError
from motcua.core.time import VIETNAM, local_date
from motcua.demo.papers import result
from motcua.demo.province import Province
from motcua.foundation.documents.operations.storing import store
from motcua.foundation.identity.models import Applicant, User
from motcua.service.dossiers.foreseeing import learn_paces
from motcua.service.dossiers.models import Apology, Correction, Dossier, LateCause, LatenessReview
from motcua.service.dossiers.operations.apologising import foresee_lateness, revise_apology, send_apology
from motcua.service.dossiers.operations.correcting import correct_result, find_wrong
from motcua.service.dossiers.operations.explaining import (
    causes_on,
    explain_lateness,
    publish_lateness,
    review_lateness,
)
from motcua.service.dossiers.operations.returning import return_result
from motcua.service.filing.models import Filing
from motcua.service.filing.operations.answering import (
    Judged,
    accept,
    ask_supplement,
    redirect,
    watch_filings,
)
from motcua.service.filing.operations.submitting import FiledPart, submit
from motcua.service.procedures.models import Offering

WATCHED = 60  # working days at the end of the year in which apologies are watched
SIGNED_LATELY = 0.3  # in the last days, so that some wait to be signed
SIGNED_SHARE, EXPLAINED_SHARE, JUDGED_SHARE, WRONG_SHARE = 0.9, 0.8, 0.6, 0.04
FILINGS = 12
EXPLANATIONS = {  # by the code of the cause
    "CQ-NHANLUC": "Cán bộ thụ lý nghỉ ốm, đơn vị đã phân công người thay.",
    "CQ-THAMDINH": "Hồ sơ phức tạp, phải họp thẩm định hai lần.",
    "CQ-KHOILUONG": "Hồ sơ cuối năm tăng gấp đôi, đơn vị đã bố trí thêm người.",
    "CQ-KYDUYET": "Lãnh đạo đi công tác, việc ký được ủy quyền chậm một ngày.",
    "CQ-KIEMTRA": "Phải kiểm tra thực địa hai lần do mưa lớn.",
    "PH-YKIEN": "Cơ quan phối hợp trả lời chậm, đã đôn đốc bằng văn bản.",
    "PH-LIENTHONG": "Phải chờ kết quả của thủ tục trước trong nhóm liên thông.",
    "HT-PHANMEM": "Chữ ký số hỏng một ngày, đã được cấp lại.",
    "HT-KETNOI": "Cơ sở dữ liệu dân cư mất kết nối, phải xác minh bằng văn bản.",
    "ND-THONGTIN": "Thông tin về nơi ở chưa khớp, phải xác minh lại với người nộp.",
    "BK-THIENTAI": "Đường ngập nhiều ngày, không đến kiểm tra thực địa được.",
}
OUTCOMES = (
    "Đơn vị rút kinh nghiệm trong phân công thay thế khi cán bộ vắng mặt.",
    "Cơ quan phối hợp đã được nhắc nhở về thời hạn trả lời ý kiến.",
)
WRONGS = ("Sai ngày sinh so với tờ khai.", "Sai số thửa đất.", "Thiếu tên đệm của người được cấp.")


@dataclass
class Aftermath:
    """Phần sau của một năm: `plan` puts an act into the queue of the replay."""

    province: Province
    plan: Callable[[datetime, Callable[[datetime], None]], None]
    later: Callable[[datetime, float, int], datetime]
    chance: Random
    lately: datetime = datetime(9000, 1, 1, tzinfo=VIETNAM)

    def watch(self, days: Sequence[date]) -> None:
        """Each morning the system looks who will be late; the leaders sign during the day."""
        self.lately = datetime.combine(days[-2], time(0), VIETNAM)
        for day in days[-WATCHED:]:
            self.plan(datetime.combine(day, time(7, 40), VIETNAM), self._look)
        for hour in range(8, 17):
            self.plan(datetime.combine(days[-1], time(hour, 20), VIETNAM), self._look_online)

    def _look(self, at: datetime) -> None:
        if at.weekday() == 0:
            learn_paces(at)
        foresee_lateness(at)
        watch_filings(at)
        for apology in Apology.objects.filter(state=Apology.State.DRAFT).select_related("dossier__agency"):
            if self.chance.random() < (SIGNED_SHARE if at < self.lately else SIGNED_LATELY):
                key, agency = apology.pk, apology.dossier.agency_id
                when = self.later(at, self.chance.randint(60, 300), agency)
                self.plan(when, lambda moment, key=key: self._sign(key, moment))  # type: ignore[misc]

    def _look_online(self, at: datetime) -> None:
        watch_filings(at)

    def _sign(self, apology_id: UUID, at: datetime) -> None:
        apology = Apology.objects.select_related("dossier__agency").get(pk=apology_id)
        dossier = apology.dossier
        leaders = self.province.people(dossier.agency, "LEADER")
        if apology.state != Apology.State.DRAFT or not leaders or apology.due_after <= at:
            return
        try:
            cause = self._cause(at)
            revise_apology(
                apology_id=apology.pk,
                cause=cause,
                explanation=EXPLANATIONS.get(cause.code, cause.name),
                until=local_date(apology.due_after),
                by=leaders[0],
                at=at,
            )
            send_apology(apology_id=apology.pk, by=leaders[0], at=at)
        except DomainError:
            return  # the result came meanwhile, or the date has moved

    def after_issue(self, dossier: Dossier, at: datetime) -> None:
        """A result that came late is explained, judged and published."""
        if dossier.is_on_time(at) is not False or self.chance.random() > EXPLAINED_SHARE:
            return
        officers = self.province.people(dossier.agency, "OFFICER")
        explained = self.later(at, self.chance.randint(200, 1500), dossier.agency_id)
        self.plan(explained, lambda moment: self._explain(dossier.pk, officers, moment))
        if self.chance.random() < JUDGED_SHARE:
            judged = self.later(explained, self.chance.randint(900, 3000), dossier.agency_id)
            self.plan(judged, lambda moment: self._judge(dossier.pk, moment))

    def _explain(self, dossier_id: UUID, officers: Sequence[User], at: datetime) -> None:
        cause = self._cause(at)
        explain_lateness(
            dossier_id=dossier_id,
            cause=cause,
            explanation=EXPLANATIONS.get(cause.code, cause.name),
            by=self.chance.choice(officers),
            at=at,
        )

    def _judge(self, dossier_id: UUID, at: datetime) -> None:
        controller = self.province.controller
        verdict = self.chance.choice(LatenessReview.Verdict.values[:3])
        review_lateness(
            dossier_id=dossier_id, verdict=verdict, outcome=self.chance.choice(OUTCOMES), by=controller, at=at
        )
        if self.chance.random() < 0.7:
            publish_lateness(dossier_id=dossier_id, by=controller, at=at)

    def after_return(self, dossier: Dossier, at: datetime) -> None:
        """Now and then a result turns out to be wrong."""
        if self.chance.random() > WRONG_SHARE:
            return
        clerk = self.chance.choice(self.province.people(dossier.reception_agency, "CLERK"))
        found = self.later(at, self.chance.randint(60, 900), dossier.agency_id)
        self.plan(found, lambda moment: self._find_wrong(dossier, clerk, moment))

    def _find_wrong(self, dossier: Dossier, clerk: User, at: datetime) -> None:
        fault = Correction.Fault.APPLICANT if self.chance.random() < 0.25 else Correction.Fault.AGENCY
        find_wrong(dossier_id=dossier.pk, wrong=self.chance.choice(WRONGS), fault=fault, by=clerk, at=at)
        mended = self.later(at, self.chance.randint(200, 1300), dossier.agency_id)
        self.plan(mended, lambda moment: self._mend(dossier, clerk, moment))

    def _mend(self, dossier: Dossier, clerk: User, at: datetime) -> None:
        leader = self.province.people(dossier.agency, "LEADER")[0]
        number = self.chance.randint(991, 1999)
        copy = store(BytesIO(result(number % 16)), name=f"Kết quả {number}.pdf", by=leader, at=at)
        correct_result(
            dossier_id=dossier.pk,
            number=f"{number}/KQ-{dossier.agency.code.replace('.', '')}",
            issued_on=local_date(at),
            document_id=copy.pk,
            by=leader,
            at=at,
            cost_amount=10_000,
        )
        self.plan(
            self.later(at, self.chance.randint(60, 500), dossier.agency_id),
            lambda moment: self._return_again(dossier.pk, clerk, moment),
        )

    def _return_again(self, dossier_id: UUID, clerk: User, at: datetime) -> None:
        return_result(dossier_id=dossier_id, by=clerk, at=at)

    # On line

    def filings(
        self,
        offerings: Sequence[Offering],
        days: Sequence[date],
        until: datetime,
        person: Callable[[Offering, datetime], Applicant],
    ) -> None:
        """Filings of the last days: most are answered, the latest still wait."""
        online = [one for one in offerings if one.revision_on(days[-1]).channels_of("ONLINE")]
        for place in range(FILINGS if online else 0):
            day = days[-1] if place < FILINGS // 3 else self.chance.choice(days[-4:-1])
            at = datetime.combine(day, time(self.chance.randint(6, 15), self.chance.randint(0, 59)), VIETNAM)
            at = min(at, until - timedelta(minutes=self.chance.randint(5, 90)))
            offering = self.chance.choice(online)
            self.plan(at, lambda moment, offering=offering: self._file(offering, person, moment))  # type: ignore[misc]

    def _file(
        self, offering: Offering, person: Callable[[Offering, datetime], Applicant], at: datetime
    ) -> None:
        revision = offering.revision_on(local_date(at))
        case = revision.cases[0] if revision.cases else None
        papers = revision.papers_of(case)
        sent = papers[:-1] if len(papers) > 1 and self.chance.random() < 0.3 else papers
        filing = submit(
            offering=offering,
            applicant=person(offering, at),
            parts=[FiledPart(paper.name, paper.pk) for paper in sent],
            at=at,
            case_id=case.pk if case else None,
        )
        when = self.later(at, self.chance.randint(30, 440), offering.receiving_agency_id)
        self.plan(when, lambda moment: self._answer(filing.pk, moment))

    def _answer(self, filing_id: UUID, at: datetime) -> None:
        filing = Filing.objects.select_related("reception_agency").get(pk=filing_id)
        clerk = self.chance.choice(self.province.people(filing.reception_agency, "CLERK"))
        if self.chance.random() < 0.08:
            redirect(
                filing_id=filing.pk, reasons=[], right_place="Ủy ban nhân dân xã nơi cư trú", by=clerk, at=at
            )
            return
        try:
            accept(filing_id=filing.pk, by=clerk, at=at)
        except DomainError:
            judged = {part.pk: Judged("FINE") for part in filing.parts.all()}
            lacking = ["Giấy tờ còn thiếu theo danh mục của thủ tục"]
            ask_supplement(filing_id=filing.pk, judged=judged, missing=lacking, by=clerk, at=at)

    def _cause(self, at: datetime) -> LateCause:
        return self.chance.choice(causes_on(local_date(at)))
