"""Những lỗi gài: one for each invariant, made behind the operations' back. Each tells the label that must be found."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

from django.db import connection

from motcua.foundation.calendars.loading import touch
from motcua.foundation.calendars.models import CalendarDay, RegimeRule
from motcua.foundation.calendars.operations.seeding import seed_law
from motcua.foundation.documents.models import Document, StoredFile
from motcua.foundation.documents.operations.storing import store
from motcua.foundation.identity.models import Membership, User
from motcua.foundation.ledger.models import Delivery, Line, Seal
from motcua.foundation.org.models import Agency
from motcua.foundation.signing.models import SigningIdentity
from motcua.service.dossiers.models import (
    Apology,
    Assignment,
    Correction,
    Deadline,
    Decision,
    Dossier,
    LateCause,
    PaperTransfer,
    Part,
    Pause,
    Result,
    Scan,
    Stop,
    Supplement,
    SupplementItem,
)
from motcua.service.dossiers.operations.assigning import assign_work
from motcua.service.dossiers.operations.consulting import consult
from motcua.service.dossiers.operations.deciding import propose, review, sign
from motcua.service.dossiers.operations.returning import issue, return_result
from motcua.service.dossiers.operations.stopping import stop
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.dossiers.tests.world import MONDAY, World
from motcua.service.holdings.models import Consent, Digitisation, HeldPaper, PaperType, PaperUse
from motcua.service.payments.models import Due, MoneyException, Payment
from motcua.service.payments.operations.setting import set_fee_rule
from motcua.service.procedures.models import Fee
from motcua.service.procedures.models.revision import known_revision
from motcua.service.results.models import Certification, IssuedResult
from motcua.service.workflows.models import Task, Workflow, WorkflowStep

NOW = MONDAY + timedelta(days=1)
Plant = Callable[[World], str]
PLANTS: dict[str, Plant] = {}


def plants(code: str) -> Callable[[Plant], Plant]:
    def keep(plant: Plant) -> Plant:
        PLANTS[code] = plant
        return plant

    return keep


@contextmanager
def without_triggers():
    """As somebody with the database in hand could do it."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield cursor
        finally:
            cursor.execute("SET session_replication_role = DEFAULT")


def at(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


def working(world: World) -> Dossier:
    dossier = world.receive()
    transfer(dossier_id=dossier.pk, by=world.clerk, at=at(0.5))
    return assign_work(dossier_id=dossier.pk, holder=world.officer, by=world.head, at=at(1))


def signed(world: World) -> Dossier:
    dossier = working(world)
    propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=world.officer, at=at(1.5))
    review(dossier_id=dossier.pk, by=world.head, at=at(2))
    return sign(dossier_id=dossier.pk, by=world.leader, at=at(2.2))


def ready(world: World) -> Dossier:
    dossier = signed(world)
    return issue(dossier_id=dossier.pk, number="12/KQ", issued_on=MONDAY.date(), by=world.records, at=at(2.4))


def returned(world: World) -> Dossier:
    dossier = ready(world)
    return return_result(dossier_id=dossier.pk, by=world.clerk, at=at(2.5))


def change(dossier: Dossier, **values: Any) -> str:
    Dossier.objects.filter(pk=dossier.pk).update(**values)
    return dossier.code


def supplement(world: World, dossier: Dossier, **values: Any) -> Supplement:
    given = {
        "number": 1, "reason": "Thiếu tờ khai", "contact_name": "A", "asked_at": at(1), "asked_by": world.officer,
        "interrupted": "IN_WORK", "agency": world.department,
    }  # fmt: skip
    return Supplement.objects.create(dossier=dossier, **(given | values))


def pause(world: World, dossier: Dossier, **values: Any) -> Pause:
    given = {
        "kind": "FINANCIAL", "reason": "Nộp thuế", "basis": "Luật", "letter": "1/TB", "letter_on": MONDAY.date(),
        "interrupted": "IN_WORK", "started_at": at(1), "started_by": world.officer,
    }  # fmt: skip
    return Pause.objects.create(dossier=dossier, **(given | values))


# Quy trình và trạng thái


@plants("open-task-in-closed-dossier")
def _(world: World) -> str:
    dossier = returned(world)
    last = Task.objects.of(dossier.pk).last()
    Task.objects.filter(pk=last.pk).update(completed_at=None, outcome="")
    return dossier.code


@plants("work-without-task")
def _(world: World) -> str:
    dossier = working(world)
    Task.objects.open().filter(dossier_id=dossier.pk).update(completed_at=at(2), outcome="DONE")
    return dossier.code


@plants("mark-against-steps")
def _(world: World) -> str:
    dossier = working(world)
    Task.objects.open().filter(dossier_id=dossier.pk).update(is_beside=True)
    return dossier.code


@plants("step-not-open")
def _(world: World) -> str:
    return change(working(world), step_key="review")


@plants("state-against-step")
def _(world: World) -> str:
    return change(working(world), state="SIGNED")


@plants("trace-does-not-replay")
def _(world: World) -> str:
    dossier = working(world)
    Task.objects.open().filter(dossier_id=dossier.pk).update(step_key="issue")
    return change(dossier, step_key="issue")


@plants("waiting-without-cause")
def _(world: World) -> str:
    return change(working(world), state="PAUSED", due_at=None)


@plants("cause-without-waiting")
def _(world: World) -> str:
    dossier = working(world)
    supplement(world, dossier)
    return dossier.code


@plants("consulting-without-question")
def _(world: World) -> str:
    return change(working(world), state="CONSULTING")


@plants("deadline-of-closed-dossier")
def _(world: World) -> str:
    dossier = returned(world)
    Deadline.objects.create(
        dossier=dossier, kind="APOLOGY", agency=world.department, due_at=at(9), alarm_at=at(8)
    )
    return dossier.code


# Con người


@plants("holder-inactive")
def _(world: World) -> str:
    dossier = working(world)
    User.objects.filter(pk=world.officer.pk).update(is_active=False)
    return dossier.code


@plants("holder-without-role")
def _(world: World) -> str:
    dossier = working(world)
    Membership.objects.filter(user=world.officer).update(valid_to=MONDAY.date() - timedelta(days=1))
    return dossier.code


@plants("task-in-other-hands")
def _(world: World) -> str:
    return change(working(world), holder=world.colleague)


@plants("assignment-of-another")
def _(world: World) -> str:
    dossier = working(world)
    Assignment.objects.filter(dossier=dossier, until__isnull=True).update(holder=world.colleague)
    return dossier.code


@plants("nobody-can-take-it")
def _(world: World) -> str:
    dossier = world.receive()
    transfer(dossier_id=dossier.pk, by=world.clerk, at=at(0.5))
    Membership.objects.filter(user=world.head).update(valid_to=MONDAY.date() - timedelta(days=1))
    return dossier.code


@plants("agency-closed-with-open-dossiers")
def _(world: World) -> str:
    dossier = working(world)
    Agency.objects.filter(pk=world.department.pk).update(valid_to=MONDAY.date() - timedelta(days=1))
    return dossier.code


# Thời hạn


@plants("due-not-recomputed")
def _(world: World) -> str:
    dossier = working(world)
    return change(dossier, due_at=dossier.due_at + timedelta(days=1))


@plants("first-promise-lost")
def _(world: World) -> str:
    return change(working(world), first_due_at=None)


@plants("pause-without-letter")
def _(world: World) -> str:
    dossier = working(world)
    pause(world, dossier, letter=" ", ended_at=at(2))
    return dossier.code


def apology(world: World, dossier: Dossier) -> None:
    cause, _ = LateCause.objects.get_or_create(
        code="GAI-LOI",
        defaults={"name": "Nguyên nhân khác", "side": "AGENCY", "valid_from": date(2020, 1, 1)},
    )
    Apology.objects.create(
        dossier=dossier, state="SENT", number=Apology.objects.count() + 1, cause=cause, due_before=dossier.due_at,
        due_after=dossier.due_at + timedelta(days=1), extends=True, send_by=at(20), drafted_at=at(1), sent_at=at(2),
        signed_by=world.leader,
    )  # fmt: skip


@plants("second-re-appointment")
def _(world: World) -> str:
    dossier = working(world)
    apology(world, dossier)
    apology(world, dossier)
    return dossier.code


@plants("supplement-asked-too-often")
def _(world: World) -> str:
    dossier = working(world)
    supplement(world, dossier, completed_at=at(2), completed_by=world.clerk)
    supplement(world, dossier, number=2, completed_at=at(3), completed_by=world.clerk)
    return dossier.code


@plants("supplement-too-old")
def _(world: World) -> str:
    dossier = working(world)
    supplement(world, dossier, waits_until=at(2))
    return dossier.code


@plants("not-transferred-in-time")
def _(world: World) -> str:
    return change(world.receive(), transfer_due_at=at(1))


@plants("opinion-overdue")
def _(world: World) -> str:
    dossier = working(world)
    consult(
        dossier_id=dossier.pk, agency=world.other, question="Có vướng không?", due_at=at(3), by=world.officer, at=at(2)
    )  # fmt: skip
    return dossier.code


@plants("overdue-without-apology")
def _(world: World) -> str:
    return change(working(world), due_at=at(3))


@plants("correction-overdue")
def _(world: World) -> str:
    dossier = returned(world)
    Correction.objects.create(
        dossier=dossier, fault="AGENCY", wrong="Sai tên", found_at=at(3), found_by=world.clerk, due_at=at(4),
        interrupted="RETURNED", old_number="12/KQ", old_issued_on=MONDAY.date(),
    )  # fmt: skip
    return dossier.code


@plants("times-out-of-order")
def _(world: World) -> str:
    return change(returned(world), returned_at=at(0.1))


@plants("calendar-runs-out")
def _(world: World) -> str:
    seed_law()
    CalendarDay.objects.filter(day__year=NOW.year).delete()
    touch()
    return f"Năm {NOW.year}"


@plants("regimes-with-gap")
def _(world: World) -> str:
    seed_law()
    first = RegimeRule.objects.order_by("valid_from").first()
    RegimeRule.objects.filter(pk=first.pk).update(valid_to=first.valid_to - timedelta(days=3))
    return f"{first.code} → "


# Giấy tờ


@plants("number-gap")
def _(world: World) -> str:
    change(working(world), book_number=3)
    return "Sổ theo dõi hồ sơ"


def gap_of_supplements(world: World) -> str:
    return str(supplement(world, working(world), number=3))


def gap_of_apologies(world: World) -> str:
    dossier = working(world)
    apology(world, dossier)
    Apology.objects.filter(dossier=dossier).update(number=3)
    return dossier.code


def gap_of_stops(world: World) -> str:
    dossier = working(world)
    stop(
        dossier_id=dossier.pk, kind="WITHDRAW", requested_by="Nguyễn Thị Ánh", reason="Không còn nhu cầu",
        papers="Trả lại", fees="Không thu", by=world.clerk, at=at(2),
    )  # fmt: skip
    Stop.objects.filter(dossier=dossier).update(number=3)
    return dossier.code


def gap_of_paper_slips(world: World) -> str:
    dossier = working(world)
    PaperTransfer.objects.create(
        dossier=dossier, from_agency=world.centre, to_agency=world.department, papers=2, due_at=at(8), number=3,
        sent_at=at(2), sent_by=world.clerk,
    )  # fmt: skip
    return dossier.code


GAPS_PLANTED: dict[str, Plant] = {
    "Phiếu yêu cầu bổ sung": gap_of_supplements,
    "Thư xin lỗi": gap_of_apologies,
    "Thông báo dừng": gap_of_stops,
    "Phiếu giao hồ sơ giấy": gap_of_paper_slips,
}


@plants("fee-without-receipt")
def _(world: World) -> str:
    return change(working(world), fee_amount=50_000)


@plants("result-without-file")
def _(world: World) -> str:
    dossier = ready(world)
    Result.objects.filter(dossier=dossier).update(delivered_at=NOW - timedelta(days=2))
    return dossier.code


@plants("result-without-signature")
def _(world: World) -> str:
    dossier = ready(world)
    Decision.objects.filter(dossier=dossier).update(signed_at=None)
    return dossier.code


@plants("finished-without-result")
def _(world: World) -> str:
    return change(signed(world), state="RESULT_READY", finished_at=at(3))


def stored(world: World) -> Document:
    return store(BytesIO(b"%PDF-1.4\n%%EOF\n"), name="giay.pdf", by=world.clerk, at=at(0.1))


@plants("file-changed")
def _(world: World) -> str:
    document = stored(world)
    lost = "f" * 64
    with without_triggers() as cursor:
        cursor.execute("UPDATE documents_storedfile SET sha256 = %s WHERE id = %s", [lost, document.file_id])
    return f"Tệp {lost[:12]}"


@plants("unsafe-scan-in-dossier")
def _(world: World) -> str:
    dossier, document = working(world), stored(world)
    Scan.objects.create(
        dossier=dossier, part=Part.objects.filter(dossier=dossier).first(), document=document, added_at=at(1),
        added_by=world.clerk,
    )  # fmt: skip
    StoredFile.objects.filter(pk=document.file_id).update(scan_state="INFECTED")
    return dossier.code


@plants("digitised-out-of-order")
def _(world: World) -> str:
    dossier, document = working(world), stored(world)
    Digitisation.objects.create(
        dossier=dossier, part=Part.objects.filter(dossier=dossier).first(), document=document, state="CONFIRMED",
        started_by=world.clerk, started_at=at(1), scanned_at=at(1), read_at=at(3), confirmed_at=at(2),
    )  # fmt: skip
    return dossier.code


@plants("demanded-without-words")
def _(world: World) -> str:
    dossier = working(world)
    part = Part.objects.filter(dossier=dossier).first()
    kind = PaperType.objects.create(code="CCCD", name="Thẻ", validity="FOREVER", valid_from=MONDAY.date())
    held = HeldPaper.objects.create(
        holder=world.applicant, paper_type=kind, title="Thẻ", provenance="DIGITISED", trust="CHECKED", source="x",
        kept_at=at(1),
    )  # fmt: skip
    given = Consent.objects.create(
        holder=world.applicant, subject_id=dossier.pk, means="ORAL", given_at=at(1)
    )
    PaperUse.objects.create(
        held=held, holder=world.applicant, kind="USED", subject_id=dossier.pk, paper_id=part.paper_id, consent=given,
        actor_name="x", at=at(1),
    )  # fmt: skip
    asked = Supplement.objects.create(
        dossier=dossier, agency=world.department, number=1, reason="x", contact_name="x", asked_at=at(2),
        asked_by=world.officer, interrupted="PROCESSING", completed_at=at(3), completed_by=world.clerk,
    )  # fmt: skip
    SupplementItem.objects.create(
        dossier=dossier, supplement=asked, position=1, part=part, name=part.name, verdict="ADD", instruction="x",
        brought_at=at(3),
    )  # fmt: skip
    return dossier.code


@plants("document-without-owner")
def _(world: World) -> str:
    dossier, document = working(world), stored(world)
    Document.objects.filter(pk=document.pk).update(subject_id=dossier.pk)
    return "giay.pdf"


# Kết quả điện tử


@plants("result-without-paper-id")
def _(world: World) -> str:
    dossier = ready(world)
    IssuedResult.objects.filter(dossier=dossier).delete()
    return dossier.code


@plants("result-not-published")
def _(world: World) -> str:
    dossier = ready(world)
    IssuedResult.objects.filter(dossier=dossier).update(published_at=None)
    return dossier.code


@plants("result-file-differs")
def _(world: World) -> str:
    dossier = ready(world)
    IssuedResult.objects.filter(dossier=dossier).update(document=stored(world), sha256="0" * 64)
    return dossier.code


@plants("result-replaced-by-nothing")
def _(world: World) -> str:
    dossier = ready(world)
    IssuedResult.objects.filter(dossier=dossier).update(state="REPLACED", ended_at=NOW)
    return dossier.code


@plants("certification-book-gap")
def _(world: World) -> str:
    dossier = ready(world)
    copy = IssuedResult.objects.get(dossier=dossier)
    Certification.objects.create(
        dossier=dossier, agency=world.department, title="x", scan=stored(world), compared_by=world.clerk, compared_at=NOW,
        state="CERTIFIED", year=NOW.year, number=2, issued=copy,
    )  # fmt: skip
    return dossier.code


@plants("certificate-ends")
def _(world: World) -> str:
    SigningIdentity.objects.create(
        kind="AGENCY", agency=world.department, keeper="TOKEN", key_name="x", certificate="x", holder_name="Sở Tư pháp",
        issuer_name="x", serial="1", valid_from=NOW - timedelta(days=300), valid_to=NOW + timedelta(days=3),
        registered_at=NOW,
    )  # fmt: skip
    return "Sở Tư pháp"


# Nhật ký


def letter(world: World, **values: Any) -> str:
    line = Line.objects.of(working(world).pk).first()
    Delivery.objects.create(line=line, subject_id=line.subject_id, listener="thu.nghiem", **values)
    return "thu.nghiem"


@plants("dead-letters")
def _(world: World) -> str:
    return letter(world, state="DEAD", last_error="Mất kết nối")


@plants("stalled-letters")
def _(world: World) -> str:
    return letter(world, next_at=NOW - timedelta(hours=3))


@plants("ledger-chain-broken")
def _(world: World) -> str:
    dossier = working(world)
    with without_triggers() as cursor:
        cursor.execute(
            "UPDATE ledger_line SET label = 'Đã sửa', recorded_at = %s WHERE subject_id = %s AND number = 2",
            [NOW, dossier.pk],
        )
    return str(dossier.pk)


@plants("day-not-sealed")
def _(world: World) -> str:
    dossier = working(world)
    with without_triggers() as cursor:
        cursor.execute(
            "UPDATE ledger_line SET recorded_at = %s WHERE subject_id = %s",
            [NOW - timedelta(days=5), dossier.pk],
        )
    Seal.objects.all().delete()
    return "Niêm phong ngày"


@plants("life-without-beginning")
def _(world: World) -> str:
    dossier = working(world)
    first = Line.objects.of(dossier.pk).get(number=1)
    with without_triggers() as cursor:
        cursor.execute("DELETE FROM ledger_delivery WHERE line_id = %s", [first.pk])
        cursor.execute("DELETE FROM ledger_line WHERE id = %s", [first.pk])
    return dossier.code


@plants("return-untold")
def _(world: World) -> str:
    return change(ready(world), state="RETURNED", returned_at=at(3))


# Tiền


def a_due(dossier: Dossier, **given: Any) -> Due:
    return Due.objects.create(
        subject_id=dossier.pk, code=dossier.code, agency_id=dossier.agency_id, collector_id=dossier.reception_agency_id,
        kind="FEE", name="Phí thẩm định", amount=50_000, raised_at=at(0), **given,
    )  # fmt: skip


@plants("paid-without-receipt")
def _(world: World) -> str:
    dossier = working(world)
    a_due(dossier, state="PAID", paid_at=at(0), way="PLATFORM")
    return change(dossier, fee_amount=50_000)


@plants("paid-more-than-counted")
def _(world: World) -> str:
    dossier = working(world)
    a_due(dossier, state="PAID", paid_at=at(0), way="PLATFORM")
    return dossier.code


@plants("money-ledger-differs")
def _(world: World) -> str:
    dossier = working(world)
    a_due(dossier, state="PAID", paid_at=at(0), way="CASH")
    return dossier.code


@plants("payment-pending-for-long")
def _(world: World) -> str:
    Payment.objects.create(
        due=a_due(working(world)), way="PLATFORM", reference="MCLAU", amount=50_000, state="PENDING",
        created_at=NOW - timedelta(days=2),
    )  # fmt: skip
    return "MCLAU"


@plants("exception-for-long")
def _(world: World) -> str:
    MoneyException.objects.create(
        kind="UNKNOWN_REFERENCE", agency=world.centre, reference="LA1", amount=5_000, detail="Tiền lạ",
        found_at=NOW - timedelta(days=6),
    )  # fmt: skip
    return "LA1"


# Danh mục


@plants("announced-free-but-charged")
def _(world: World) -> str:
    with without_triggers():
        Fee.objects.update(amount=0, is_estimate=False)
    known_revision.cache_clear()
    set_fee_rule(
        offering=world.offering, kind="FEE", name="Phí thẩm định", amount=50_000, basis="Nghị quyết thử",
        valid_from=MONDAY.date() - timedelta(days=9), at=MONDAY,
    )  # fmt: skip
    return world.procedure.code


@plants("offered-without-workflow")
def _(world: World) -> str:
    with without_triggers():
        Workflow.objects.update(valid_to=MONDAY.date() - timedelta(days=9))
    return world.procedure.code


@plants("offered-at-closed-agency")
def _(world: World) -> str:
    Agency.objects.filter(pk=world.department.pk).update(valid_to=MONDAY.date() - timedelta(days=1))
    return world.procedure.code


@plants("step-of-unknown-role")
def _(world: World) -> str:
    with without_triggers():
        WorkflowStep.objects.filter(key="work").update(role="KHONG-CO")
    return "phiên bản"
