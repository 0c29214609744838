"""Kết quả điện tử: issued and known by an id, published, its file unchanged, replaced by something."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, Max, Min, OuterRef

from motcua.foundation.notices.certificates import DAYS_AHEAD
from motcua.foundation.signing.models import SigningIdentity
from motcua.oversight.integrity.breaches import ADMIN, UNIT, Breach, Invariant
from motcua.oversight.integrity.invariants.papers import REMEMBERED
from motcua.oversight.integrity.invariants.telling import moment, of_dossier
from motcua.service.dossiers.models import Result
from motcua.service.results.models import Certification, IssuedResult, SigningJob

TIME_TO_SIGN = timedelta(hours=4)


def result_without_id(at: datetime) -> Iterator[Breach]:
    """Since the first id was given; results of before have none."""
    first = IssuedResult.objects.aggregate(first=Min("issued_at"))["first"]
    known = IssuedResult.objects.filter(dossier=OuterRef("dossier"), number=OuterRef("number"))
    rows = Result.objects.filter(~Exists(known), delivered_at__gte=max(first or at, at - REMEMBERED))
    for row in rows.select_related("dossier"):
        yield of_dossier(row.dossier, f"Kết quả số {row.number} không có mã giấy nên không xác thực được.")


def result_unpublished(at: datetime) -> Iterator[Breach]:
    rows = IssuedResult.objects.filter(published_at=None, issued_at__lt=at - TIME_TO_SIGN, state="VALID")
    for row in rows.select_related("dossier"):
        job = SigningJob.objects.filter(dossier=row.dossier_id, state="FAILED").first()
        why = f" {job.sentence}" if job else ""
        yield of_dossier(
            row.dossier, f"Kết quả {row.paper_id} phát hành {moment(row.issued_at)} chưa ký số xong.{why}"
        )


def result_file_differs(at: datetime) -> Iterator[Breach]:
    """The file that stands for the paper is not the one that was published; `file-changed` looks into the store."""
    published = IssuedResult.objects.exclude(sha256="").filter(document__isnull=False)
    for row in published.exclude(sha256=F("document__file__sha256")).select_related("dossier"):
        yield of_dossier(row.dossier, f"Tệp của kết quả {row.paper_id} không phải tệp đã công bố.")


def replaced_by_nothing(at: datetime) -> Iterator[Breach]:
    later = IssuedResult.objects.filter(replaces=OuterRef("pk"))
    rows = IssuedResult.objects.filter(~Exists(later), state="REPLACED")
    for row in rows.select_related("dossier"):
        yield of_dossier(row.dossier, f"Kết quả {row.paper_id} ghi là đã thay nhưng không có bản thay.")


def certification_book_gap(at: datetime) -> Iterator[Breach]:
    """Each book of a year counts 1, 2, 3…: as many numbers as the last one says."""
    books = Certification.objects.filter(number__isnull=False).values("agency", "year")
    for book in books.annotate(last=Max("number"), count=Count("pk")).exclude(last=F("count")):
        last = Certification.objects.select_related("dossier").get(
            agency=book["agency"], year=book["year"], number=book["last"]
        )
        yield of_dossier(
            last.dossier,
            f"Sổ chứng thực bản sao điện tử năm {book['year']} ghi {book['count']} số mà số cuối là {book['last']}.",
        )


def certificate_ends(at: datetime) -> Iterator[Breach]:
    """Nobody has registered a later one, and soon nothing can be signed."""
    for one in SigningIdentity.objects.ending_within(at, DAYS_AHEAD[-1]):
        yield Breach(
            key=str(one.pk),
            label=one.holder_name,
            detail=f"Chứng thư số {one.serial} hết hạn {moment(one.valid_to)}, chưa có chứng thư thay.",
            agency_id=one.agency_id,
        )


INVARIANTS = (
    Invariant(
        "result-without-paper-id",
        "Kết quả đã phát hành thì có mã giấy để ai cũng xác thực được.",
        "Báo người quản trị: kết quả phát hành ngoài hệ thống hoặc bị xóa.",
        ADMIN,
        result_without_id,
    ),
    Invariant(
        "result-not-published",
        "Kết quả đã phát hành thì ký số xong và công bố trong vài giờ.",
        "Mở hồ sơ, xem phần Chữ ký số: ký lại, hoặc phát hành không ký số.",
        UNIT,
        result_unpublished,
    ),
    Invariant(
        "result-file-differs",
        "Tệp của kết quả đúng là tệp đã công bố.",
        "Khôi phục tệp từ bản sao lưu; tìm ai đã đổi tệp.",
        ADMIN,
        result_file_differs,
    ),
    Invariant(
        "result-replaced-by-nothing",
        "Kết quả đã được thay thì có bản thay.",
        "Đối chiếu nhật ký của hồ sơ; ghi lại bản thay hoặc khôi phục hiệu lực.",
        ADMIN,
        replaced_by_nothing,
    ),
    Invariant(
        "certification-book-gap",
        "Sổ chứng thực bản sao điện tử không thiếu, không trùng số.",
        "Báo người quản trị: dòng của sổ bị xóa hoặc ghi ngoài hệ thống.",
        ADMIN,
        certification_book_gap,
    ),
    Invariant(
        "certificate-ends",
        "Người ký và cơ quan còn chứng thư số dùng được trong 7 ngày tới.",
        "Xin gia hạn ở nơi cấp, rồi đăng ký chứng thư mới tại Quản trị, mục Chứng thư số.",
        ADMIN,
        certificate_ends,
    ),
)
