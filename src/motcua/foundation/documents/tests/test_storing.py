from __future__ import annotations

import hashlib
import io
import threading
import uuid
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import close_old_connections, connection, transaction
from pytest_django import Settings

from motcua.core.errors import Forbidden, InvalidInput, Stale
from motcua.foundation.documents import content
from motcua.foundation.documents.kinds import EmptyFile, TooLarge, WrongType
from motcua.foundation.documents.metadata import PaperFacts
from motcua.foundation.documents.models import Document, PreviewState, ScanState, StoredFile
from motcua.foundation.documents.operations.describing import describe
from motcua.foundation.documents.operations.forgetting import forget_unused
from motcua.foundation.documents.operations.previewing import preview_first_pages
from motcua.foundation.documents.operations.storing import (
    StoreUnavailable,
    UnknownDocument,
    attach,
    discard,
    replace,
    store,
)
from motcua.foundation.documents.tests import samples
from motcua.foundation.ledger.models import Delivery, Line

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
CLERK: Any = SimpleNamespace(pk=uuid.UUID(int=1))
OTHER: Any = SimpleNamespace(pk=uuid.UUID(int=2))


def saved(bytes_: bytes = b"", name: str = "Giấy khai sinh.pdf", **values: Any) -> Document:
    return store(io.BytesIO(bytes_ or samples.pdf()), name=name, **{"by": CLERK, "at": AT, **values})


def nothing_was_kept() -> bool:
    return not (StoredFile.objects.exists() or Document.objects.exists() or Line.objects.exists())


def files_on_disk() -> list[Path]:
    return [path for path in Path(default_storage.location).rglob("*") if path.is_file()]


class TestStore:
    def test_keeps_content_under_its_digest_and_tells_the_ledger(self) -> None:
        bytes_ = samples.pdf()
        document = saved(bytes_, subject_id=uuid.UUID(int=7))

        sha256 = hashlib.sha256(bytes_).hexdigest()
        assert (document.file.sha256, document.file.size, document.file.media_type) == (
            sha256,
            len(bytes_),
            "application/pdf",
        )
        assert default_storage.open(f"{sha256[:2]}/{sha256[2:4]}/{sha256}").read() == bytes_
        assert (document.name, document.uploaded_by_id, document.uploaded_at) == (
            "Giấy khai sinh.pdf",
            CLERK.pk,
            AT,
        )
        line = Line.objects.get()
        assert (line.name, line.subject_id, line.actor_id) == ("DocumentStored", document.pk, CLERK.pk)
        assert line.payload["subject"] == str(uuid.UUID(int=7))
        assert sorted(Delivery.objects.values_list("listener", flat=True)) == [
            "foundation.documents.tasks.make_preview",
            "foundation.documents.tasks.scan",
        ]

    def test_keeps_the_same_content_once(self) -> None:
        first, second = saved(name="a.pdf"), saved(name="b.pdf")

        assert first.file_id == second.file_id
        assert first.pk != second.pk
        assert len(files_on_disk()) == 1

    @pytest.mark.parametrize(
        "upload",
        [
            lambda bytes_: SimpleUploadedFile("a.pdf", bytes_),
            ContentFile,
            io.BytesIO,
        ],
    )
    def test_takes_whatever_streams(self, upload: Any) -> None:
        assert store(upload(samples.pdf()), name="a.pdf", by=CLERK, at=AT).file.size == len(samples.pdf())

    def test_takes_a_stream_that_cannot_be_wound_back(self) -> None:
        class Pipe(io.RawIOBase):
            def __init__(self, content: bytes) -> None:
                self.rest = io.BytesIO(content)

            def read(self, size: int = -1) -> bytes:
                return self.rest.read(size)

        assert store(Pipe(samples.pdf()), name="a.pdf", by=CLERK, at=AT).file.media_type == "application/pdf"  # type: ignore[arg-type]

    def test_reads_from_the_beginning_whatever_was_read_before(self) -> None:
        upload = io.BytesIO(samples.pdf())
        upload.read(100)
        assert store(upload, name="a.pdf", by=CLERK, at=AT).file.size == len(samples.pdf())

    def test_believes_the_content_not_the_name(self) -> None:
        document = saved(samples.image("JPEG"), "chữ ký.pdf")
        assert (document.name, document.file.media_type) == ("chữ ký.jpg", "image/jpeg")

    def test_says_the_file_is_not_scanned_without_a_scanner(self) -> None:
        document = saved()
        assert document.file.scan_state == ScanState.NOT_SCANNED
        assert "MOTCUA_CLAMAV" in document.file.scan_sentence

    def test_does_not_wait_for_a_scanner_that_is_down(self, settings: Settings) -> None:
        settings.CLAMAV = "127.0.0.1:1"
        assert saved().file.scan_state == ScanState.PENDING

    def test_promises_previews_only_where_there_can_be_some(self) -> None:
        assert saved().file.preview_state == PreviewState.PENDING
        assert saved(samples.office(samples.WORD)).file.preview_state == PreviewState.NONE

    @pytest.mark.parametrize("make", [io.BytesIO, lambda bytes_: SimpleUploadedFile("a.pdf", bytes_)])
    def test_refuses_an_empty_file(self, make: Any) -> None:
        with pytest.raises(EmptyFile, match=r"“a\.pdf” rỗng") as refusal:
            store(make(b""), name="a.pdf", by=CLERK, at=AT)
        assert refusal.value.field == "file"
        assert nothing_was_kept()

    def test_refuses_two_hundred_megabytes_before_reading_them(self) -> None:
        upload = TemporaryUploadedFile("a.pdf", "application/pdf", 200 * 1024 * 1024, None)
        with pytest.raises(TooLarge, match="nặng 200 MB, vượt mức 50 MB"):
            store(upload, name="a.pdf", by=CLERK, at=AT)
        assert nothing_was_kept()

    def test_stops_reading_a_stream_that_hides_its_size(self, settings: Settings) -> None:
        settings.UPLOAD_LIMIT = 1024 * 1024
        upload = io.BytesIO(samples.pdf() + b"\x00" * 3 * 1024 * 1024)
        with pytest.raises(TooLarge, match="vượt mức 1 MB"):
            store(upload, name="a.pdf", by=CLERK, at=AT)
        assert upload.tell() <= 1024 * 1024 + 1
        assert nothing_was_kept()
        assert not files_on_disk()

    def test_takes_a_file_of_exactly_the_limit(self, settings: Settings) -> None:
        settings.UPLOAD_LIMIT = len(samples.pdf())
        assert saved().file.size == settings.UPLOAD_LIMIT

    def test_refuses_a_wrong_type_and_keeps_nothing(self) -> None:
        with pytest.raises(WrongType, match="PDF, JPEG"):
            saved(b"MZ" + b"\x00" * 500, "a.pdf")
        assert nothing_was_kept()
        assert not files_on_disk()

    def test_an_upload_that_breaks_off_leaves_no_row(self) -> None:
        class Broken(io.BytesIO):
            def read(self, size: int | None = -1) -> bytes:
                raise ConnectionResetError

        with pytest.raises(ConnectionResetError):
            store(Broken(b"x"), name="a.pdf", by=CLERK, at=AT)
        assert nothing_was_kept()
        assert not files_on_disk()

    def test_a_full_disk_is_a_sentence_and_leaves_nothing_half_written(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*args: Any) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(content.os, "fsync", full)
        with pytest.raises(StoreUnavailable, match="chưa được lưu"):
            saved()
        assert nothing_was_kept()
        assert not files_on_disk()

    def test_an_act_that_fails_later_leaves_no_row(self) -> None:
        def act() -> None:
            with transaction.atomic():
                saved()
                raise RuntimeError

        with pytest.raises(RuntimeError):
            act()
        assert nothing_was_kept()

    def test_mends_content_that_was_cut_off_in_the_store(self) -> None:
        document = saved()
        path = Path(default_storage.path(content.address(document.file.sha256)))
        path.write_bytes(path.read_bytes()[:10])

        saved()

        assert content.digest_of(document.file.sha256) == document.file.sha256

    def test_keeps_the_data_of_the_paper(self) -> None:
        document = saved(facts=PaperFacts(title="  Giấy  khai sinh ", valid_from=date(2020, 1, 2)))
        assert (document.title, document.valid_from) == ("Giấy khai sinh", date(2020, 1, 2))
        assert str(document) == "Giấy khai sinh"


class TestStoreAtOnce:
    @pytest.mark.django_db(transaction=True)
    def test_four_uploads_of_one_content_make_one_file(self) -> None:
        bytes_, found, start = samples.pdf(title="cùng lúc"), [], threading.Barrier(4)

        def upload() -> None:
            try:
                start.wait()
                found.append(saved(bytes_).file_id)
            finally:
                close_old_connections()
                connection.close()

        threads = [threading.Thread(target=upload) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(found) == 4
        assert len(set(found)) == 1
        assert StoredFile.objects.count() == 1
        assert Document.objects.count() == 4
        assert len(files_on_disk()) == 1


class TestReplace:
    def test_takes_over_subject_and_data_and_keeps_the_old(self) -> None:
        old = saved(subject_id=uuid.UUID(int=7), facts=PaperFacts(title="CCCD"))
        new = replace(
            io.BytesIO(samples.image()),
            document_id=old.pk,
            name="CCCD rõ hơn.jpg",
            by=OTHER,
            at=AT,
            reason="mờ",
        )

        old.refresh_from_db()
        assert old.replaced_by == new
        assert (new.subject_id, new.title, new.uploaded_by_id) == (uuid.UUID(int=7), "CCCD", OTHER.pk)
        assert list(Document.objects.of(uuid.UUID(int=7)).current()) == [new]
        assert [line.name for line in Line.objects.all().filter(subject_id=old.pk).order_by("number")] == [
            "DocumentStored",
            "DocumentReplaced",
        ]

    def test_refuses_to_replace_twice(self) -> None:
        old = saved()
        replace(io.BytesIO(samples.image()), document_id=old.pk, name="a.jpg", by=CLERK, at=AT)
        with pytest.raises(Stale):
            replace(io.BytesIO(samples.image("PNG")), document_id=old.pk, name="a.png", by=CLERK, at=AT)
        assert Document.objects.count() == 2

    def test_a_bad_file_leaves_the_old_one_in_force(self) -> None:
        old = saved()
        with pytest.raises(EmptyFile):
            replace(io.BytesIO(b""), document_id=old.pk, name="a.jpg", by=CLERK, at=AT)
        assert list(Document.objects.current()) == [old]


class TestAttach:
    def test_gives_ones_uploads_to_a_dossier_in_their_order(self) -> None:
        first, second = saved(), saved(samples.image())
        dossier = uuid.uuid4()

        found = attach(document_ids=[second.pk, first.pk], subject_id=dossier, by=CLERK)

        assert [document.pk for document in found] == [second.pk, first.pk]
        assert list(Document.objects.of(dossier)) == [first, second]
        assert not Document.objects.unused(uploaded_by_id=CLERK.pk).exists()

    def test_changes_nothing_the_second_time(self) -> None:
        document, dossier = saved(), uuid.uuid4()
        attach(document_ids=[document.pk], subject_id=dossier, by=CLERK)
        assert attach(document_ids=[document.pk], subject_id=dossier, by=CLERK) == [document]

    @pytest.mark.parametrize("by", [OTHER, None])
    def test_refuses_what_somebody_else_uploaded(self, by: Any) -> None:
        document = saved()
        with pytest.raises(Stale), transaction.atomic():
            attach(document_ids=[document.pk], subject_id=uuid.uuid4(), by=by)

    def test_refuses_what_another_dossier_has(self) -> None:
        document = saved(subject_id=uuid.uuid4())
        with pytest.raises(Stale), transaction.atomic():
            attach(document_ids=[document.pk], subject_id=uuid.uuid4(), by=CLERK)

    def test_nothing_is_nothing(self) -> None:
        assert attach(document_ids=[], subject_id=uuid.uuid4(), by=CLERK) == []


class TestDiscard:
    def test_drops_ones_own_upload(self) -> None:
        document = saved()
        discard(document_id=document.pk, by=CLERK, at=AT)
        assert not Document.objects.exists()
        assert Line.objects.filter(name="DocumentDiscarded", subject_id=document.pk).exists()

    def test_keeps_what_others_use(self) -> None:
        kept, dropped = saved(), saved()
        discard(document_id=dropped.pk, by=CLERK, at=AT)
        assert content.holds(kept.file.sha256, kept.file.size)

    @pytest.mark.parametrize("values", [{"by": OTHER}, {"subject_id": uuid.UUID(int=7)}])
    def test_refuses_what_is_not_a_draft_of_ones_own(self, values: Any) -> None:
        document = saved(**values)
        with pytest.raises(Forbidden):
            discard(document_id=document.pk, by=CLERK, at=AT)

    def test_says_when_it_is_gone(self) -> None:
        with pytest.raises(UnknownDocument):
            discard(document_id=uuid.uuid4(), by=CLERK, at=AT)


class TestDescribe:
    WHOLE = PaperFacts(
        paper_type_code="GKS",
        holder_name="Nguyễn Thị Hòa",
        holder_birth_year=1990,
        issued_on=date(1990, 5, 1),
        issuer="UBND phường Cát Lái",
        title="Giấy khai sinh",
        abstract="Khai sinh cho Nguyễn Thị Hòa",
        valid_from=date(1990, 5, 1),
        validity_scope="Toàn quốc",
    )

    def test_sets_the_data_and_tells_which_not_what(self) -> None:
        document = describe(document_id=saved().pk, facts=self.WHOLE, by=CLERK, at=AT)
        document.refresh_from_db()
        assert document.facts == self.WHOLE
        assert document.missing == []
        line = Line.objects.get(name="DocumentDescribed")
        assert "holder_name" in line.payload["fields"]
        assert "Hòa" not in str(line.payload)

    def test_keeps_incomplete_data_and_says_what_lacks(self) -> None:
        document = describe(document_id=saved().pk, facts=PaperFacts(title="Đơn"), by=CLERK, at=AT)
        assert document.missing == [
            "mã loại giấy tờ",
            "họ tên chủ giấy tờ",
            "năm sinh của chủ giấy tờ",
            "ngày cấp",
            "cơ quan cấp",
            "trích yếu nội dung",
            "có hiệu lực từ",
            "phạm vi hiệu lực",
        ]

    def test_asks_for_no_name_when_the_holder_is_known(self) -> None:
        assert "họ tên chủ giấy tờ" not in PaperFacts(holder_id=uuid.uuid4()).missing()

    def test_records_nothing_when_nothing_changes(self) -> None:
        document = describe(document_id=saved().pk, facts=self.WHOLE, by=CLERK, at=AT)
        describe(document_id=document.pk, facts=self.WHOLE, by=CLERK, at=AT)
        assert Line.objects.filter(name="DocumentDescribed").count() == 1

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            (PaperFacts(holder_birth_year=2030), "holder_birth_year"),
            (PaperFacts(holder_birth_year=12), "holder_birth_year"),
            (PaperFacts(issued_on=date(2026, 3, 3)), "issued_on"),
            (PaperFacts(valid_from=date(2026, 1, 2), valid_to=date(2026, 1, 1)), "valid_to"),
            (PaperFacts(holder_name="ă" * 300), "holder_name"),
        ],
    )
    def test_refuses_what_cannot_be_beside_its_field(self, facts: PaperFacts, field: str) -> None:
        document = saved()
        with pytest.raises(InvalidInput) as refusal:
            describe(document_id=document.pk, facts=facts, by=CLERK, at=AT)
        assert list(refusal.value.errors) == [field]

    def test_refuses_a_replaced_document(self) -> None:
        old = saved()
        replace(io.BytesIO(samples.image()), document_id=old.pk, name="a.jpg", by=CLERK, at=AT)
        with pytest.raises(Stale):
            describe(document_id=old.pk, facts=self.WHOLE, by=CLERK, at=AT)


class TestForgetUnused:
    LATER = AT + timedelta(days=2)

    def test_erases_what_was_dropped_with_its_pictures(self) -> None:
        document = saved()
        preview_first_pages(document.file)
        discard(document_id=document.pk, by=CLERK, at=AT)

        assert forget_unused(at=self.LATER) == 1
        assert not StoredFile.objects.exists()
        assert not files_on_disk()

    def test_leaves_what_is_used_and_what_is_fresh(self) -> None:
        dropped, used = saved(), saved(samples.image())
        discard(document_id=dropped.pk, by=CLERK, at=AT)

        assert forget_unused(at=AT + timedelta(hours=1)) == 0
        assert forget_unused(at=self.LATER) == 1
        assert list(StoredFile.objects.all()) == [used.file]
        assert len(files_on_disk()) == 1

    def test_the_same_content_can_come_again(self) -> None:
        document = saved()
        discard(document_id=document.pk, by=CLERK, at=AT)
        forget_unused(at=self.LATER)
        again = saved()
        assert content.digest_of(again.file.sha256) == again.file.sha256
