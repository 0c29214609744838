"""Tra cứu công khai: what an applicant sees of a dossier with its code and a fact that only the applicant knows."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from motcua.core.asking import Asked
from motcua.foundation.identity.models import Applicant, User
from motcua.foundation.ledger.models import Line
from motcua.foundation.notices.models import Notice
from motcua.service.dossiers.models import Apology, Delivery, Dossier
from motcua.service.dossiers.states import CLOSED, State

# Only what concerns the applicant: inner notes, opinions and reviews stay inside.
PUBLIC_LABELS = {
    "DossierReceived": "Đã tiếp nhận hồ sơ",
    "DossierTransferred": "Đã chuyển đến cơ quan giải quyết",
    "WorkAssigned": "Đã phân công người giải quyết",
    "DossierClaimed": "Đã có người nhận giải quyết",
    "DossierAssigned": "Đã chuyển người giải quyết",
    "OpinionAsked": "Đang lấy ý kiến cơ quan liên quan",
    "OpinionGiven": "Đã có ý kiến của cơ quan liên quan",
    "DecisionProposed": "Đã thẩm định xong",
    "DecisionSigned": "Đã ký kết quả",
    "ResultIssued": "Đã có kết quả",
    "ResultReturned": "Đã trả kết quả",
    "DueExtended": "Đã xin lỗi và hẹn lại ngày trả",
    "ApologySent": "Đã gửi thư xin lỗi vì trễ hẹn",
    "WrongResultFound": "Kết quả có sai sót, đang sửa",
    "ResultCorrected": "Kết quả đã sửa xong",
    "ResultReturnedAgain": "Đã trả kết quả đã sửa",
    "SettledAtOnce": "Đã giải quyết và trả kết quả ngay",
    "SupplementAsked": "Cơ quan yêu cầu bạn bổ sung hồ sơ",
    "SupplementSent": "Bạn đã gửi phần bổ sung",
    "DeliveryLooked": "Một cửa đã xem phần bổ sung bạn gửi",
    "SupplementBrought": "Đã nhận một phần giấy tờ bổ sung",
    "SupplementCompleted": "Đã nhận đủ giấy tờ bổ sung",
    "ClockPaused": "Tạm dừng tính thời hạn",
    "ClockResumed": "Tính tiếp thời hạn",
    "DossierStopped": "Đã dừng giải quyết theo yêu cầu của bạn",
    "DossierWithdrawn": "Đã rút hồ sơ theo yêu cầu của bạn",
    "DossierLapsed": "Đã đóng hồ sơ vì hết hạn bổ sung",
    "DossierReopened": "Đã mở lại hồ sơ",
    "DossierAmended": "Đã sửa hồ sơ theo yêu cầu của bạn",
    "LimitCorrected": "Ngày hẹn trả được tính lại do thời hạn của thủ tục đã đính chính",
    "AgencyReceived": "Cơ quan giải quyết đã nhận hồ sơ điện tử",
    "PaperFileSent": "Đã giao hồ sơ giấy cho cơ quan giải quyết",
    "PaperFileReceived": "Cơ quan giải quyết đã nhận hồ sơ giấy",
    "OutputAwaited": "Chờ kết quả của phần liên thông trước",
    "LinkedPartBegun": "Đã nhận kết quả của phần trước, bắt đầu giải quyết",
    "LinkedPartStopped": "Dừng vì phần liên thông trước không có kết quả",
    "DueDateMoved": "Ngày hẹn trả được tính lại do lịch làm việc thay đổi",
    "DossierOwes": "Bạn có khoản phải nộp",
    "DossierOwesNoMore": "Không phải nộp khoản đã báo",
    "DossierPaid": "Đã nhận tiền bạn nộp",
    "DossierRefunded": "Đã hoàn tiền cho bạn",
}


@dataclass(frozen=True)
class Milestone:
    """Mốc: something done, by whom and when."""

    label: str
    at: datetime
    by: str
    name: str = ""  # of the event


@dataclass(frozen=True)
class Apologised:
    """Thư xin lỗi, as the applicant may read it."""

    number: str
    cause: str
    explanation: str
    sent_at: datetime
    due_before: datetime
    due_after: datetime
    extends: bool


@dataclass(frozen=True)
class Awaited:
    """Cần bổ sung: each paper with what to do, until when, and whom to ask."""

    items: tuple[tuple[str, str], ...]
    until: datetime | None
    reason: str
    contact: str
    contact_phone: str


@dataclass(frozen=True)
class Tracking:
    """Tình hình hồ sơ: no personal data beyond what the applicant typed; the name is masked."""

    code: str
    matter: str
    applicant: str  # masked: "Nguyễn V. A."
    state: State
    agency: str
    reception_agency: str
    reception_phone: str
    received_at: datetime
    due_at: datetime | None
    first_due_at: datetime | None
    finished_at: datetime | None
    returned_at: datetime | None
    holder: str  # who holds it now; empty while it waits in a unit
    held_since: datetime
    step: str
    step_due_at: datetime | None
    next_step: str
    milestones: tuple[Milestone, ...]
    apology: Apologised | None = None
    notices: tuple[Notice, ...] = ()
    awaited: Awaited | None = None  # what the applicant is asked to bring
    delivered: Delivery | None = None  # what they have sent on line, until the counter has looked at it
    pause_reason: str = ""  # why the clock stands still, where it is not for a supplement
    closed_at: datetime | None = None  # ended without a result
    closed_reason: str = ""
    return_channel: str = ""  # how the result is wanted

    @property
    def is_closed(self) -> bool:
        return self.state in CLOSED


NEXT_STEP = {
    State.RECEIVED: "Chuyển hồ sơ đến cơ quan giải quyết",
    State.TRANSFERRED: "Phân công người giải quyết",
    State.IN_WORK: "Trình lãnh đạo ký kết quả",
    State.CONSULTING: "Tổng hợp ý kiến, trình lãnh đạo ký kết quả",
    State.DECIDED: "Lãnh đạo ký kết quả",
    State.SIGNED: "Chuyển kết quả về Một cửa",
    State.RESULT_READY: "Mời bạn đến nhận kết quả",
    State.AWAITING_OUTPUT: "Bắt đầu khi có kết quả của phần trước",
    State.RETURNED: "",
    State.AWAITING_SUPPLEMENT: "Bạn bổ sung giấy tờ",
    State.PAUSED: "Tính tiếp thời hạn",
    State.CORRECTING: "Mời bạn nhận kết quả đã sửa",
    State.STOPPED: "",
    State.WITHDRAWN: "",
    State.LAPSED: "",
}


def track(*, code: str, fact: str) -> Tracking | None:
    """Tra cứu: the state of the dossier, or None when the code or the fact is wrong; the two look the same.

    `fact` is the last 4 digits of the applicant's (or representative's) personal number or phone, or of the tax code.
    """
    dossier = CODED.first(code=code.strip().upper())
    people = [person for person in (dossier.applicant, dossier.representative) if person] if dossier else []
    if not knows(people, fact) or dossier is None:
        return None
    return describe(dossier)


def track_own(*, code: str, applicant: Applicant) -> Tracking | None:
    """Theo dõi hồ sơ của chính mình: for who has signed in; None when the dossier is not theirs, or is not there."""
    dossier = CODED.first(code=code.strip().upper())
    if dossier is None or applicant.pk not in {dossier.applicant_id, dossier.representative_id}:
        return None
    return replace(describe(dossier), applicant=dossier.applicant_name)


CODED = Asked(
    lambda code: Dossier.objects.filter(code=code).select_related(
        "applicant", "representative", "agency", "reception_agency", "holder"
    )
)


def knows(people: Sequence[Applicant], fact: str) -> bool:
    """Compare in constant time with every fact of these people that counts, also when there is nobody."""
    given = "".join(character for character in fact if character.isdigit())
    known = [
        "".join(character for character in text if character.isdigit())
        for person in people
        for text in (person.personal_number, person.phone, person.tax_code)
        if text
    ]
    facts = [digits[-4:] for digits in known if len(digits) >= 4]
    matches = [hmac.compare_digest(given.encode(), last.encode()) for last in facts or ["????"]]
    return len(given) == 4 and any(matches)


def describe(dossier: Dossier) -> Tracking:
    """Tình hình của một hồ sơ, for whoever has shown that it is theirs."""
    lines = [line for line in LINES.all(dossier_id=dossier.pk) if line.name in PUBLIC_LABELS]
    names = dict(User.objects.filter(pk__in={line.actor_id for line in lines}).values_list("pk", "full_name"))
    is_asked = dossier.state == State.AWAITING_SUPPLEMENT
    delivered = Delivery.objects.waiting().filter(dossier=dossier).first() if is_asked else None
    return Tracking(
        code=dossier.code,
        matter=dossier.matter,
        applicant=masked_name(dossier.applicant_name),
        state=State(dossier.state),
        agency=dossier.agency.name,
        reception_agency=dossier.reception_agency.name,
        reception_phone=dossier.reception_agency.phone,
        received_at=dossier.received_at,
        due_at=dossier.due_at,
        first_due_at=dossier.first_due_at,
        finished_at=dossier.finished_at,
        returned_at=dossier.returned_at,
        holder=dossier.holder.full_name if dossier.holder else "",
        held_since=dossier.held_since,
        step=dossier.step_name,
        step_due_at=dossier.step_due_at,
        next_step=NEXT_STEP.get(State(dossier.state), ""),
        milestones=tuple(
            Milestone(
                PUBLIC_LABELS[line.name],
                line.at,
                names.get(line.actor_id, "") if line.actor_id else "Hệ thống",
                line.name,
            )
            for line in lines
        ),
        apology=_apology(dossier),
        notices=tuple(Notice.objects.about(dossier.pk)[:MOST_NOTICES]),
        awaited=_awaited(dossier) if is_asked and delivered is None else None,
        delivered=delivered,
        pause_reason=_pause_reason(dossier) if dossier.state == State.PAUSED else "",
        closed_at=dossier.closed_at,
        closed_reason=_closed_reason(dossier) if dossier.closed_at else "",
        return_channel=dossier.return_channel,
    )


def _awaited(dossier: Dossier) -> Awaited | None:
    supplement = dossier.supplements.filter(completed_at=None, closed_at=None).first()
    if supplement is None:
        return None
    items = supplement.items.exclude(verdict="FINE").filter(brought_at=None)
    return Awaited(
        items=tuple(items.values_list("name", "instruction")),
        until=supplement.waits_until,
        reason=supplement.reason,
        contact=supplement.contact_name,
        contact_phone=supplement.contact_phone,
    )


def _pause_reason(dossier: Dossier) -> str:
    paused = dossier.pauses.filter(ended_at=None).first()
    return f"{paused.reason} Theo văn bản số {paused.letter}." if paused else ""


def _closed_reason(dossier: Dossier) -> str:
    return dossier.stops.filter(reopened_at=None).values_list("reason", flat=True).first() or ""


def _apology(dossier: Dossier) -> Apologised | None:
    sent = (
        dossier.apologies.filter(state=Apology.State.SENT)
        .select_related("cause")
        .order_by("-sent_at")
        .first()
    )
    if sent is None or sent.cause is None or sent.sent_at is None:
        return None
    return Apologised(
        str(sent),
        sent.cause.name,
        sent.explanation,
        sent.sent_at,
        sent.due_before,
        sent.due_after,
        sent.extends,
    )


MOST_NOTICES = 20
LINES = Asked(lambda dossier_id: Line.objects.of(dossier_id).only("name", "at", "actor_id"))


def masked_name(name: str) -> str:
    """The family name whole, the rest by initials: enough to recognise one's own dossier."""
    first, *rest = name.split() or [""]
    return " ".join([first, *(f"{word[0]}." for word in rest)])
