"""Giấy tờ, số và tiền: numbers without gaps, results that exist, files that are what they were."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from motcua.core.money import vnd
from motcua.core.time import local_date
from motcua.foundation.documents.integrity import verify_files
from motcua.foundation.documents.models import Document
from motcua.oversight.integrity.breaches import ADMIN, COUNTER, UNIT, Breach, Invariant
from motcua.oversight.integrity.invariants.telling import each, of_dossier
from motcua.service.dossiers.models import Correction, Decision, Dossier, Result, Scan, SupplementItem
from motcua.service.dossiers.states import FINISHED
from motcua.service.holdings.models import Demand, Digitisation, PaperUse
from motcua.service.paperwork.models import IssuedFeeReceipt
from motcua.service.results.models import ResultDraft, SigningJob

TIME_TO_PUBLISH = timedelta(days=1)
TIME_TO_RECEIPT = timedelta(hours=1)
REMEMBERED = timedelta(days=90)
_YEAR = "extract(year FROM {} AT TIME ZONE 'Asia/Ho_Chi_Minh')"
GAPS = {  # series whose numbers stand in rows: the name of a series, its table, its columns, and its number
    "Sổ theo dõi hồ sơ": (
        "dossiers_dossier",
        "reception_agency_id, book",
        "book_number",
        "reception_agency_id",
    ),
    "Phiếu từ chối": (
        "dossiers_intakerefusal",
        f"agency_id, {_YEAR.format('refused_at')}",
        "number",
        "agency_id",
    ),
    "Phiếu yêu cầu bổ sung": (
        "dossiers_supplement",
        f"agency_id, {_YEAR.format('asked_at')}",
        "number",
        "agency_id",
    ),
    "Thư xin lỗi": (
        "dossiers_apology JOIN dossiers_dossier ON dossiers_dossier.id = dossier_id",
        f"agency_id, {_YEAR.format('sent_at')}",
        "number",
        "agency_id",
    ),
    "Thông báo dừng": (
        "dossiers_stop JOIN dossiers_dossier ON dossiers_dossier.id = dossier_id",
        f"reception_agency_id, {_YEAR.format('at')}",
        "number",
        "reception_agency_id",
    ),
    "Phiếu giao hồ sơ giấy": (
        "dossiers_papertransfer",
        f"from_agency_id, {_YEAR.format('sent_at')}",
        "number",
        "from_agency_id",
    ),
    "Biên lai thu phí, lệ phí": ("paperwork_issuedfeereceipt", "series_id, year", "number", ""),
    "Giấy tờ đã in": ("paperwork_printedform", "agency_id, form, year", "sequence", "agency_id"),
}


def number_gaps(at: datetime) -> Iterator[Breach]:
    """A series that starts at 1 and has as many rows as its greatest number has neither gap nor double."""
    for name, (table, group, number, agency) in GAPS.items():
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {group}, max({number}), count(*) FROM {table} WHERE {number} IS NOT NULL"  # noqa: S608  constants of this file
                f" GROUP BY {group} HAVING max({number}) <> count(*) OR min({number}) <> 1 LIMIT 1000"
            )
            rows = cursor.fetchall()
        for *keys, last, count in rows:
            words = " · ".join(str(key) for key in keys[1:]) or name
            yield Breach(
                key=f"{table.split()[0]}:{':'.join(map(str, keys))}"[:200],
                label=f"{name}: {words}"[:250],
                detail=f"Số lớn nhất là {last} nhưng có {count} dòng.",
                agency_id=keys[0] if agency else None,
            )


def fee_without_receipt(at: datetime) -> Iterator[Breach]:
    """Money taken in the last months, less than all of it stated by receipts that are valid."""
    valid = IssuedFeeReceipt.objects.filter(dossier=OuterRef("pk"), cancelled_at__isnull=True)
    total = valid.order_by().values("dossier").annotate(total=Sum("amount")).values("total")
    paid = Dossier.objects.filter(
        fee_amount__gt=0, received_at__gte=at - REMEMBERED, received_at__lt=at - TIME_TO_RECEIPT
    ).annotate(receipted=Coalesce(Subquery(total), 0))
    yield from each(
        paid.filter(receipted__lt=F("fee_amount")),
        lambda one: f"Đã thu {vnd(one.fee_amount)}, mới lập biên lai {vnd(one.receipted)}.",
    )


def result_without_file(at: datetime) -> Iterator[Breach]:
    rows = Result.objects.filter(document__isnull=True, delivered_at__lt=at - TIME_TO_PUBLISH)
    for row in rows.select_related("dossier").filter(dossier__is_immediate=False):
        yield of_dossier(row.dossier, f"Kết quả số {row.number} đã phát hành nhưng không có bản điện tử.")


def result_without_signature(at: datetime) -> Iterator[Breach]:
    signed = Decision.objects.filter(
        dossier=OuterRef("pk"), sent_back_at__isnull=True, signed_at__isnull=False
    )
    finished = Dossier.objects.filter(~Exists(signed), state__in=sorted(FINISHED), is_immediate=False)
    yield from each(
        finished.filter(finished_at__gte=at - REMEMBERED),
        lambda one: f"Hồ sơ “{one.get_state_display()}” mà không có quyết định đã ký.",
    )


def finished_without_result(at: datetime) -> Iterator[Breach]:
    given = Result.objects.filter(dossier=OuterRef("pk"))
    finished = Dossier.objects.filter(~Exists(given), state__in=sorted(FINISHED), is_immediate=False)
    yield from each(
        finished.filter(finished_at__gte=at - REMEMBERED),
        lambda one: f"Hồ sơ “{one.get_state_display()}” mà không có kết quả nào được ghi.",
    )


def file_changed(at: datetime) -> Iterator[Breach]:
    for found in verify_files():
        if found.fault:
            yield Breach(found.sha256, f"Tệp {found.sha256[:12]}…", found.fault.capitalize() + ".")


def scan_unsafe(at: datetime) -> Iterator[Breach]:
    rows = Scan.objects.filter(document__file__scan_state="INFECTED").select_related("dossier", "part")
    for row in rows:
        yield of_dossier(row.dossier, f"Bản số hóa của “{row.part.name}” có mã độc.", key=str(row.pk))


def document_without_owner(at: datetime) -> Iterator[Breach]:
    used = Scan.objects.filter(document=OuterRef("pk"))
    results = Result.objects.filter(document=OuterRef("pk"))
    replaced = Correction.objects.filter(old_document=OuterRef("pk"))
    drafts = ResultDraft.objects.filter(document=OuterRef("pk"))
    signed = SigningJob.objects.filter(Q(source=OuterRef("pk")) | Q(signed=OuterRef("pk")))
    users = (used, results, replaced, drafts, signed)
    lost = Document.objects.filter(
        *(~Exists(user) for user in users), subject_id__in=Dossier.objects.values("pk")
    )
    for document in lost[:1000]:
        yield Breach(
            str(document.pk), document.name[:250], "Tệp ghi thuộc một hồ sơ mà hồ sơ không dùng tới."
        )


def digitised_out_of_order(at: datetime) -> Iterator[Breach]:
    """A step of digitising that was left out or taken before the one that comes first. Legal: ND118-2025 Đ19.2"""
    of_dossiers = Digitisation.objects.out_of_order().filter(dossier__isnull=False)
    wrong = of_dossiers.select_related("dossier", "part").order_by("-started_at")
    for one in wrong[:1000]:
        assert one.dossier is not None  # noqa: S101  asked for above
        yield of_dossier(
            one.dossier, f"“{one.name}” được số hóa không đúng thứ tự các bước.", key=str(one.pk)
        )


def demanded_without_words(at: datetime) -> Iterator[Breach]:
    """A paper that the store held, asked for in a dossier, whose demand nobody has explained."""
    asked = SupplementItem.objects.exclude(verdict="FINE").filter(part__isnull=False)
    usable = Q(held__valid_until=None) | Q(held__valid_until__gte=local_date(at))
    standing = {"held__superseded_by": None, "held__withdrawn_at": None}
    uses = PaperUse.objects.used().filter(usable, paper__isnull=False, **standing)
    used = uses.filter(subject_id=OuterRef("dossier"), paper=OuterRef("part__paper"))
    told = Demand.objects.filter(subject_id=OuterRef("dossier"), stage="SUPPLEMENT")
    recent = asked.filter(supplement__asked_at__gte=at - REMEMBERED)
    for item in recent.filter(Exists(used), ~Exists(told)).select_related("dossier")[:1000]:
        yield of_dossier(
            item.dossier, f"Đòi nộp “{item.name}” đang dùng từ kho mà không ghi lý do.", key=str(item.pk)
        )


INVARIANTS = (
    Invariant(
        "digitised-out-of-order",
        "Giấy tờ số hóa đi đủ các bước, đúng thứ tự.",
        "Số hóa lại giấy tờ từ bản giấy, đủ các bước.",
        COUNTER,
        digitised_out_of_order,
    ),
    Invariant(
        "demanded-without-words",
        "Giấy dùng từ kho chỉ bị đòi nộp lại khi có lý do ghi lại.",
        "Bỏ yêu cầu, hoặc lập yêu cầu mới có lý do; xin lỗi người nộp.",
        COUNTER,
        demanded_without_words,
    ),
    Invariant(
        "number-gap",
        "Số trong sổ, trên phiếu và giấy tờ liên tục, không trống, không trùng.",
        "Tìm số thiếu trong nhật ký; lập biên bản nếu giấy đã phát ra ngoài hệ thống.",
        ADMIN,
        number_gaps,
    ),
    Invariant(
        "fee-without-receipt",
        "Tiền đã thu thì có biên lai ghi đủ số tiền.",
        "Lập biên lai cho phần còn lại ở trang biên lai của hồ sơ.",
        COUNTER,
        fee_without_receipt,
    ),
    Invariant(
        "result-without-file",
        "Kết quả đã phát hành có bản điện tử để công bố cho người nộp.",
        "Tải bản điện tử đã ký lên hồ sơ.",
        UNIT,
        result_without_file,
    ),
    Invariant(
        "result-without-signature",
        "Hồ sơ có kết quả thì có quyết định đã ký.",
        "Đối chiếu nhật ký; kết quả chưa ký thì thu hồi.",
        UNIT,
        result_without_signature,
    ),
    Invariant(
        "finished-without-result",
        "Hồ sơ ở trạng thái có kết quả thì có kết quả được ghi số, ngày.",
        "Ghi kết quả, hoặc trả hồ sơ về bước phát hành.",
        UNIT,
        finished_without_result,
    ),
    Invariant(
        "file-changed",
        "Nội dung tệp đúng như khi nhận vào.",
        "Khôi phục tệp từ bản sao lưu; tìm ai đã chạm vào kho tệp.",
        ADMIN,
        file_changed,
    ),
    Invariant(
        "unsafe-scan-in-dossier",
        "Không hồ sơ nào giữ bản số hóa có mã độc.",
        "Quét lại giấy tờ từ bản chính.",
        COUNTER,
        scan_unsafe,
    ),
    Invariant(
        "document-without-owner",
        "Tệp ghi thuộc hồ sơ nào thì hồ sơ ấy có dùng.",
        "Gắn lại tệp vào thành phần hồ sơ, hoặc bỏ tệp.",
        ADMIN,
        document_without_owner,
    ),
)
