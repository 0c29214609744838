"""Signing at the desk: the draft, what the page says of certificates, mending, revoking."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from motcua.core.ids import new_id
from motcua.foundation.documents.metadata import PaperFacts
from motcua.foundation.documents.operations.storing import store
from motcua.foundation.identity.operations.staffing import appoint
from motcua.foundation.org.models import Role
from motcua.foundation.org.operations.posts import open_post
from motcua.foundation.signing.tests.world import paper
from motcua.service.dossiers.models import Dossier, Scan
from motcua.service.dossiers.tests.world import BEGINNING, LONG_AGO, World, build_world
from motcua.service.holdings.models import Digitisation, HeldPaper
from motcua.service.payments.models import Due
from motcua.service.payments.operations.setting import set_fee_rule
from motcua.service.results.models import Certification, IssuedResult, ResultDraft, SigningJob
from motcua.service.results.operations.seeding import seed_certification_bars
from motcua.service.results.operations.signing import carry_out
from motcua.service.results.tests.world import equip
from motcua.web.desk.tests.conftest import TUESDAY, in_work

pytestmark = pytest.mark.django_db


def press(client, name: str, dossier: Dossier, *args, **fields):
    dossier.refresh_from_db()
    return client.post(
        reverse(f"desk:{name}", args=[dossier.pk, *args]), {"step": dossier.step_key, **fields}, follow=True
    )


def page(client, dossier: Dossier) -> str:
    return " ".join(client.get(reverse("desk:dossier", args=[dossier.pk])).content.decode().split())


def to_leader(world: World, enter) -> Dossier:
    dossier = in_work(world)
    upload = SimpleUploadedFile("du-thao.pdf", paper())
    press(enter(world.officer), "proposal", dossier, outcome="APPROVE", reason="", draft=upload)
    press(enter(world.head), "review", dossier)
    return dossier


class TestPapers:
    def test_who_issues_seals_what_the_officer_has_signed(
        self, world: World, enter, tmp_path, settings
    ) -> None:
        equip(world, tmp_path, settings)
        dossier = in_work(world)
        part = dossier.parts.get(position=2)
        upload = store(io.BytesIO(paper()), name="the.pdf", by=world.clerk, at=TUESDAY, subject_id=dossier.pk,
                       facts=PaperFacts(title="Thẻ căn cước", holder_id=world.applicant.pk))  # fmt: skip
        Scan.objects.create(
            dossier=dossier, part=part, document=upload, added_at=TUESDAY, added_by=world.clerk
        )
        waiting = Digitisation.objects.create(
            dossier=dossier, part=part, document=upload, state="SIGNED_BY_OFFICER", started_by=world.clerk,
            started_at=TUESDAY, scanned_at=TUESDAY, read_at=TUESDAY, confirmed_at=TUESDAY, confirmed_by=world.leader,
            signed_at=TUESDAY, signed_by=world.leader,
        )  # fmt: skip
        address = reverse("desk:seal-paper", args=[waiting.pk])
        assert "Thẻ căn cước" not in enter(world.leader).get(reverse("desk:signings")).content.decode()
        assert enter(world.leader).post(address).status_code == 403
        clerk = enter(world.records)
        assert "Thẻ căn cước" in clerk.get(reverse("desk:signings")).content.decode()
        (tmp_path / "agency.p12").rename(tmp_path / "away")
        refused = clerk.post(address)
        assert refused.status_code == 422
        assert "Không thấy tệp khóa" in refused.content.decode()
        (tmp_path / "away").rename(tmp_path / "agency.p12")
        assert "vào kho" in clerk.post(address, follow=True).content.decode()
        assert HeldPaper.objects.get().trust == "SIGNED"
        again = clerk.post(address)
        assert again.status_code == 422
        assert HeldPaper.objects.count() == 1


class TestWay:
    def test_draft_signature_issue_and_revocation(self, world: World, enter, tmp_path, settings) -> None:
        equip(world, tmp_path, settings)
        dossier = to_leader(world, enter)
        assert "Bấm “Ký” là ký số lên <b>du-thao.pdf</b>" in page(enter(world.leader), dossier)
        press(enter(world.leader), "signature", dossier)
        assert "Đang ký số" in page(enter(world.leader), dossier)
        assert "Không cần tải tệp" in page(enter(world.records), dossier)
        press(enter(world.records), "issue", dossier, number="7/KQ", issued_on=f"{TUESDAY:%d/%m/%Y}")
        for job in SigningJob.objects.order_by("asked_at"):
            carry_out(job.pk, clock=lambda: TUESDAY + timedelta(minutes=1))
        shown = page(enter(world.leader), dossier)
        issued = IssuedResult.objects.get(dossier=dossier)
        assert issued.is_signed
        assert issued.paper_id in shown
        assert "Đang ký số" not in shown
        assert (
            press(
                enter(world.officer), "revocation", dossier, issued.pk, reason="x", decision_number="1"
            ).status_code
            == 403
        )
        answer = press(
            enter(world.leader), "revocation", dossier, issued.pk, reason="Khai gian", decision_number=""
        )
        assert "Hãy nhập số quyết định" in answer.content.decode()
        press(
            enter(world.leader), "revocation", dossier, issued.pk, reason="Khai gian", decision_number="3/QĐ"
        )
        assert "Đã bị thu hồi" in page(enter(world.leader), dossier)

    def test_without_certificates_the_page_says_what_stands(self, world: World, enter) -> None:
        dossier = to_leader(world, enter)
        assert "Bạn chưa có chứng thư số còn hiệu lực" in page(enter(world.leader), dossier)
        press(enter(world.leader), "signature", dossier)
        assert "Cơ quan chưa có chứng thư số" in page(enter(world.records), dossier)
        assert not SigningJob.objects.exists()

    def test_a_failed_signature_is_signed_again(self, world: World, enter, tmp_path, settings) -> None:
        equip(world, tmp_path, settings)
        dossier = to_leader(world, enter)
        (tmp_path / "leader.p12").rename(tmp_path / "away")
        press(enter(world.leader), "signature", dossier)
        job = SigningJob.objects.get()
        carry_out(job.pk, clock=lambda: TUESDAY)
        assert "Không thấy tệp khóa" in page(enter(world.leader), dossier)
        listed = " ".join(enter(world.leader).get(reverse("desk:signings")).content.decode().split())
        assert "đã ký 0 trên 1 chữ ký" in listed
        assert dossier.code in listed
        assert dossier.code not in enter(world.admin).get(reverse("desk:signings")).content.decode()
        for _ in range(2):
            press(enter(world.leader), "sign-again", dossier, job.pk)
        job.refresh_from_db()
        assert job.state == "WAITING"

    def test_a_draft_that_is_no_pdf_is_refused_and_nothing_moves(self, world: World, enter) -> None:
        from motcua.demo.papers import scan

        dossier = in_work(world)
        upload = SimpleUploadedFile("a.jpg", scan(1))
        answer = press(
            enter(world.officer), "proposal", dossier, outcome="APPROVE", reason="Đủ", draft=upload
        )
        assert answer.status_code == 422
        assert "phải là tệp PDF" in answer.content.decode()
        dossier.refresh_from_db()
        assert dossier.step_key == "work"
        assert not ResultDraft.objects.exists()


class TestCertifiedCopies:
    @pytest.fixture
    def world(self, db: None) -> World:
        return build_world(field="Chứng thực")

    def test_from_the_counter_to_the_book(self, world: World, enter, tmp_path, settings) -> None:
        equip(world, tmp_path, settings)
        seed_certification_bars()
        set_fee_rule(
            offering=world.offering, kind="FEE", name="Phí chứng thực", amount=2000, per="trang", basis="Thử",
            valid_from=TUESDAY.date() - timedelta(days=9), at=TUESDAY,
        )  # fmt: skip
        dossier = in_work(world)
        clerk, here = enter(world.clerk), reverse("counter:certifying", args=[dossier.pk])
        typed = {"title": "Bằng tốt nghiệp", "verdict": "CERTIFY", "key": str(new_id())}
        assert clerk.post(here, typed).status_code == 422
        buffer = io.BytesIO()
        Image.new("RGB", (600, 800), "white").save(buffer, "JPEG")
        photographs = [SimpleUploadedFile(f"{one}.jpg", buffer.getvalue()) for one in "ab"]
        refused = clerk.post(here, {**typed, "is_charged": "1", "file": photographs})
        assert refused.status_code == 422
        kept = re.search(r'name="document" value="([^"]+)"', refused.content.decode())
        assert kept, "what was scanned before the refusal is there"
        whole = {**typed, "is_compared": "1", "is_charged": "1", "document": kept[1]}
        assert clerk.post(here, whole).status_code == 302
        assert Due.objects.get(subject_id=dossier.pk).amount == 4000
        refused = {**typed, "verdict": "REFUSE", "bar": "MAT", "key": str(new_id())}
        assert clerk.post(here, refused).status_code == 302
        assert "đóng dấu mật" in clerk.get(here).content.decode()
        made = Certification.objects.get(state="PREPARED")
        listed = reverse("desk:certifications")
        leader = enter(world.leader)
        assert "Bằng tốt nghiệp" in leader.get(listed).content.decode()
        scan = leader.get(reverse("desk:certification-scan", args=[made.pk]))
        assert b"".join(scan.streaming_content).startswith(b"%PDF")
        assert (
            leader.post(reverse("desk:certification-back", args=[made.pk]), {"words": ""}).status_code == 422
        )
        assert enter(world.officer).post(reverse("desk:certify", args=[made.pk])).status_code == 403
        enter(world.leader).post(
            reverse("desk:certification-back", args=[made.pk]), {"words": "Thiếu trang 3"}
        )
        waiting, again = (
            reverse("counter:certifications"),
            reverse("counter:certify-again", args=[dossier.pk, made.pk]),
        )
        assert "1 bản sao chứng thực</b>" in clerk.get(reverse("counter:index")).content.decode()
        assert "Thiếu trang 3" in clerk.get(waiting).content.decode()
        assert "Vẫn dùng bản này" in clerk.get(again).content.decode()
        more = [SimpleUploadedFile(f"{one}.jpg", buffer.getvalue()) for one in "abc"]
        done = clerk.post(again, {**typed, "is_compared": "1", "file": more}, follow=True).content.decode()
        assert "3 trang" in done
        assert "Không có bản nào bị trả lại" in done
        assert sum(due.amount for due in Due.objects.of(dossier.pk).open()) == 6000
        for _ in range(2):
            assert enter(world.leader).post(reverse("desk:certify", args=[made.pk])).status_code == 302
        assert "1/2026-SCT/BSĐT" in enter(world.leader).get(listed).content.decode()
        assert "1/2026-SCT/BSĐT" in enter(world.clerk).get(here).content.decode()
        made.refresh_from_db()
        revoke = reverse("desk:revocation", args=[dossier.pk, made.issued.pk])
        assert revoke in enter(world.leader).get(listed).content.decode()
        assert revoke not in enter(world.officer).get(listed).content.decode()
        said = {"reason": "Bản chính giả", "decision_number": "4/QĐ"}
        assert "Đã bị thu hồi" in enter(world.leader).post(revoke, said, follow=True).content.decode()

    def test_a_window_left_open_says_what_another_has_decided(self, world: World, enter) -> None:
        seed_certification_bars()
        dossier = in_work(world)
        clerk, here = enter(world.clerk), reverse("counter:certifying", args=[dossier.pk])
        scan = store(io.BytesIO(paper()), name="a.pdf", by=world.clerk, at=TUESDAY)
        presented = {
            "title": "Bằng", "key": str(new_id()), "verdict": "CERTIFY", "is_compared": "1", "document": scan.pk,
        }  # fmt: skip
        refused = {"title": "Bằng", "key": str(new_id()), "verdict": "REFUSE", "bar": "MAT"}
        for _ in range(2):  # pressed twice
            assert "Đã trình ký" in clerk.post(here, presented, follow=True).content.decode()
            assert "Đã ghi: không chứng thực" in clerk.post(here, refused, follow=True).content.decode()
        stale = clerk.post(here, {**refused, "key": presented["key"]}, follow=True).content.decode()
        assert "không còn ở tình trạng bị trả lại" in stale
        assert "Đã ghi" not in stale
        stale = clerk.post(here, {**presented, "key": refused["key"]}, follow=True).content.decode()
        assert "không còn chờ ký" in stale
        assert "Đã trình ký" not in stale

    def test_each_agency_has_its_own_book(self, world: World, enter) -> None:
        """One book is open at a time: the first of the viewer's agencies, or the one that was chosen."""
        dossier = in_work(world)
        there = open_post(
            agency=world.other, title="Giám đốc", role=Role.objects.get(code="LEADER"), valid_from=LONG_AGO, by=None,
            at=BEGINNING,
        )  # fmt: skip
        appoint(world.leader, post=there, valid_from=LONG_AGO, by=None, at=BEGINNING)
        scan = store(io.BytesIO(paper()), name="a.pdf", by=world.clerk, at=TUESDAY)
        for agency in (world.department, world.other):
            issued = IssuedResult.objects.create(
                id=new_id(), paper_id=f"CT26-{agency.code}", kind="CERTIFIED", dossier=dossier, holder=world.applicant,
                agency=agency, name="Bản sao", number="x", issued_on=TUESDAY.date(), issued_at=TUESDAY,
            )  # fmt: skip
            Certification.objects.create(
                dossier=dossier, agency=agency, title=f"Giấy của {agency.name}", compared_by=world.clerk, scan=scan,
                compared_at=TUESDAY, state="CERTIFIED", year=TUESDAY.year, number=1, issued=issued,
                certified_by=world.leader, certified_at=TUESDAY,
            )  # fmt: skip
        client, listed = enter(world.leader), reverse("desk:certifications")
        for agency, another in ((world.department, world.other), (world.other, world.department)):
            page = client.get(listed, {"co-quan": agency.pk, "nam": TUESDAY.year}).content.decode()
            assert f"Giấy của {agency.name}" in page
            assert f"Giấy của {another.name}" not in page
        assert "Giấy của Sở Xây dựng" not in enter(world.officer).get(listed).content.decode()
