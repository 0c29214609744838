"""Thời hạn: what is promised is what the law and the facts give, and what runs out is not forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from django.db.models import Count, Exists, F, OuterRef, Q

from motcua.core.time import local, local_date
from motcua.foundation.calendars.loading import regime_named, work_calendar
from motcua.foundation.calendars.models import RegimeRule
from motcua.foundation.identity.models import User
from motcua.oversight.integrity.breaches import ADMIN, COUNTER, OFFICE, UNIT, Breach, Invariant, Remedy
from motcua.oversight.integrity.invariants.telling import dossier_of, each, moment, of_dossier
from motcua.service.dossiers.history import ends_of, marks_by_dossier, marks_of, recomputed
from motcua.service.dossiers.models import (
    Apology,
    Consultation,
    Correction,
    Dossier,
    Pause,
    Rescheduling,
    Supplement,
)
from motcua.service.dossiers.operations.rescheduling import batched
from motcua.service.dossiers.states import State

CHUNK = 2000
AHEAD = timedelta(days=60)  # how long before it ends the calendar must be continued


def due_not_recomputed(at: datetime) -> Iterator[Breach]:
    dossiers = Dossier.objects.running().filter(due_at__isnull=False, due_reason="").order_by("id")
    for chunk in batched(
        dossiers.select_related("revision").defer("words").iterator(chunk_size=CHUNK), CHUNK
    ):
        marks = marks_by_dossier([one.pk for one in chunk])
        for dossier in chunk:
            calendar = work_calendar(dossier.agency_id, local_date(dossier.received_at))
            due_at = recomputed(dossier, calendar, marks.get(dossier.pk, ()) + ends_of(dossier))
            if due_at != dossier.due_at and dossier.due_at:
                told = f"{moment(due_at)}" if due_at else "(không hẹn)"
                yield of_dossier(dossier, f"Hẹn trả ghi {moment(dossier.due_at)}, tính lại được {told}.")


def recompute(key: str, by: User, at: datetime) -> None:
    dossier = dossier_of(key)
    calendar = work_calendar(dossier.agency_id, local_date(dossier.received_at))
    after, before = recomputed(dossier, calendar, marks_of(dossier)), dossier.due_at
    if after and before and after != before:
        dossier.due_at = after
        dossier.save(update_fields=["due_at"])
        Rescheduling.objects.create(
            dossier=dossier, due_before=before, due_after=after, reason="Sửa sai lệch ngày hẹn", at=at, by=by
        )


def first_promise_lost(at: datetime) -> Iterator[Breach]:
    lost = Dossier.objects.filter(due_at__isnull=False, first_due_at__isnull=True)
    yield from each(lost, lambda _: "Có ngày hẹn trả mà không còn ngày hẹn lần đầu để thống kê trung thực.")


def pause_without_letter(at: datetime) -> Iterator[Breach]:
    blank = Q(letter__regex=r"^\s*$") | Q(basis__regex=r"^\s*$")
    for pause in Pause.objects.filter(blank).select_related("dossier"):
        yield of_dossier(
            pause.dossier, f"Dừng tính thời hạn từ {local(pause.started_at):%d/%m/%Y} không có văn bản."
        )


def appointed_twice(at: datetime) -> Iterator[Breach]:
    extended = Apology.objects.filter(state=Apology.State.SENT, extends=True)
    counts = dict(extended.values_list("dossier").annotate(times=Count("id")).filter(times__gt=1))
    for dossier in Dossier.objects.filter(pk__in=counts):
        most = regime_named(dossier.regime).max_extensions
        if most is not None and counts[dossier.pk] > most:
            yield of_dossier(dossier, f"Đã hẹn lại {counts[dossier.pk]} lần, pháp luật cho {most} lần.")


def asked_twice(at: datetime) -> Iterator[Breach]:
    counts = dict(Supplement.objects.values_list("dossier").annotate(times=Count("id")).filter(times__gt=1))
    for dossier in Dossier.objects.filter(pk__in=counts):
        most = regime_named(dossier.regime).max_supplements
        if most is not None and counts[dossier.pk] > most:
            yield of_dossier(
                dossier, f"Đã yêu cầu bổ sung {counts[dossier.pk]} lần, pháp luật cho {most} lần."
            )


def supplement_too_old(at: datetime) -> Iterator[Breach]:
    rows = Supplement.objects.filter(completed_at__isnull=True, closed_at__isnull=True, waits_until__lt=at)
    for row in rows.select_related("dossier"):
        yield of_dossier(
            row.dossier,
            f"Phiếu số {row.number} chờ bổ sung đến {moment(row.waits_until)}, chưa đóng.",
        )


def not_transferred(at: datetime) -> Iterator[Breach]:
    late = Dossier.objects.filter(state=State.RECEIVED.value, transfer_due_at__lt=at)
    yield from each(
        late, lambda one: f"Phải chuyển trước {moment(one.transfer_due_at)}, đến nay chưa chuyển."
    )


def opinion_overdue(at: datetime) -> Iterator[Breach]:
    rows = Consultation.objects.open().filter(due_at__lt=at)
    for row in rows.select_related("dossier", "agency"):
        detail = f"{row.agency.name} chưa trả lời, hạn {moment(row.due_at)}."
        yield of_dossier(row.dossier, detail, key=str(row.pk))


def overdue_without_apology(at: datetime) -> Iterator[Breach]:
    sent = Apology.objects.filter(dossier=OuterRef("pk"), state=Apology.State.SENT)
    late = Dossier.objects.running().filter(~Exists(sent), due_at__lt=at)
    yield from each(late, lambda one: f"Quá hạn từ {moment(one.due_at)}, chưa xin lỗi.")


def correction_overdue(at: datetime) -> Iterator[Breach]:
    rows = Correction.objects.filter(corrected_at__isnull=True, due_at__lt=at).select_related("dossier")
    for row in rows:
        yield of_dossier(row.dossier, f"Kết quả sai phải sửa trước {moment(row.due_at)}.")


def times_out_of_order(at: datetime) -> Iterator[Breach]:
    wrong = (
        Q(decided_at__lt=F("received_at"))
        | Q(finished_at__lt=F("decided_at"))
        | Q(returned_at__lt=F("finished_at"))
        | Q(closed_at__lt=F("received_at"))
        | Q(agency_received_at__lt=F("received_at"))
        | Q(received_at__gt=at)
    )
    yield from each(
        Dossier.objects.filter(wrong), lambda _: "Các mốc tiếp nhận, ký, có kết quả, trả không theo thứ tự."
    )


def calendar_runs_out(at: datetime) -> Iterator[Breach]:
    year = local_date(at + AHEAD).year
    if not work_calendar(None, local_date(at)).knows_year(year):
        yield Breach(f"year:{year}", f"Năm {year}", f"Lịch chung chưa có ngày nghỉ lễ nào của năm {year}.")


def regimes_with_gap(at: datetime) -> Iterator[Breach]:
    rules = list(RegimeRule.objects.order_by("valid_from"))
    for earlier, later in pairwise(rules):
        expected = earlier.valid_to + timedelta(days=1) if earlier.valid_to else None
        if expected != later.valid_from:
            yield Breach(
                f"{earlier.code}:{later.code}",
                f"{earlier.code} → {later.code}",
                "Giữa hai chế độ pháp lý có khoảng trống hoặc có ngày thuộc cả hai.",
            )


INVARIANTS = (
    Invariant(
        "due-not-recomputed",
        "Ngày hẹn trả đúng bằng ngày tính lại từ các mốc và lịch hiện hành.",
        "Có thể lịch đã đổi mà chưa dời hẹn. Tính lại ngày hẹn.",
        UNIT,
        due_not_recomputed,
        Remedy("Tính lại ngày hẹn", recompute),
    ),
    Invariant(
        "first-promise-lost",
        "Ngày hẹn lần đầu được giữ mãi.",
        "Khôi phục từ giấy hẹn đã in hoặc từ nhật ký.",
        ADMIN,
        first_promise_lost,
    ),
    Invariant(
        "pause-without-letter",
        "Mỗi lần dừng tính thời hạn có văn bản và căn cứ pháp lý.",
        "Bổ sung số văn bản, hoặc cho đồng hồ chạy tiếp.",
        UNIT,
        pause_without_letter,
    ),
    Invariant(
        "second-re-appointment",
        "Không hồ sơ nào được hẹn lại quá số lần pháp luật cho.",
        "Giải trình và xem xét trách nhiệm; không hẹn lại nữa.",
        OFFICE,
        appointed_twice,
    ),
    Invariant(
        "supplement-asked-too-often",
        "Không hồ sơ nào bị yêu cầu bổ sung quá số lần pháp luật cho.",
        "Giải quyết theo hồ sơ đang có hoặc từ chối có lý do; xem xét trách nhiệm.",
        OFFICE,
        asked_twice,
    ),
    Invariant(
        "supplement-too-old",
        "Hồ sơ chờ bổ sung quá thời hạn thì được đóng.",
        "Đóng hồ sơ và báo cho người nộp.",
        COUNTER,
        supplement_too_old,
    ),
    Invariant(
        "not-transferred-in-time",
        "Hồ sơ được chuyển tới cơ quan giải quyết trong thời hạn.",
        "Bàn giao ngay tại quầy.",
        COUNTER,
        not_transferred,
    ),
    Invariant(
        "opinion-overdue",
        "Cơ quan được hỏi trả lời ý kiến đúng hạn.",
        "Đôn đốc cơ quan được hỏi và báo người đứng đầu Bộ phận Một cửa.",
        COUNTER,
        opinion_overdue,
    ),
    Invariant(
        "overdue-without-apology",
        "Hồ sơ quá hạn nào cũng có thư xin lỗi.",
        "Gửi thư xin lỗi nêu nguyên nhân và ngày trả dự kiến.",
        UNIT,
        overdue_without_apology,
    ),
    Invariant(
        "correction-overdue",
        "Kết quả sai được sửa đúng hạn.",
        "Ký và phát hành kết quả đã sửa.",
        UNIT,
        correction_overdue,
    ),
    Invariant(
        "times-out-of-order",
        "Các mốc thời gian của hồ sơ theo đúng thứ tự.",
        "Đối chiếu với nhật ký; có mốc bị sửa ngoài hệ thống hoặc đồng hồ máy chủ sai.",
        ADMIN,
        times_out_of_order,
    ),
    Invariant(
        "calendar-runs-out",
        "Lịch làm việc biết ngày nghỉ lễ của ít nhất hai tháng tới.",
        "Nhập ngày nghỉ lễ của năm sau trên trang lịch làm việc.",
        ADMIN,
        calendar_runs_out,
    ),
    Invariant(
        "regimes-with-gap",
        "Các chế độ pháp lý nối nhau từng ngày.",
        "Sửa ngày bắt đầu hoặc kết thúc của chế độ pháp lý.",
        ADMIN,
        regimes_with_gap,
    ),
)
