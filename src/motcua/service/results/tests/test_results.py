"""From the draft to the published paper: who signs in which order, what happens twice, what happens when it fails."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
import zxingcpp
from pyzbar.pyzbar import decode

from motcua.core.errors import Forbidden, InvalidInput, Stale
from motcua.foundation.ledger.models import Delivery, Line
from motcua.foundation.notices.models import Notice
from motcua.foundation.signing.operations.keeping import revoke_identity
from motcua.foundation.signing.tests.world import picture
from motcua.foundation.signing.validating import validate
from motcua.service.dossiers.models import Dossier, Result
from motcua.service.dossiers.operations.correcting import correct_result, find_wrong
from motcua.service.dossiers.operations.deciding import send_back
from motcua.service.dossiers.operations.signing import sign_all
from motcua.service.dossiers.tests.world import MONDAY
from motcua.service.results.checking import Kind, check_file, check_text
from motcua.service.results.codes import address_of
from motcua.service.results.models import IssuedResult, ResultDraft, SigningJob
from motcua.service.results.operations.drafting import put_draft
from motcua.service.results.operations.keys import open_issuer_key
from motcua.service.results.operations.recording import record_check
from motcua.service.results.operations.revoking import revoke_result
from motcua.service.results.operations.signing import carry_out, go_without, sign_again
from motcua.service.results.reading import held_of
from motcua.service.results.tests.world import at, bytes_of, issued, proposed, published, upload, work_off

NOW = at(6)


def corrected(world, paper: IssuedResult, document=None) -> IssuedResult:
    find_wrong(dossier_id=paper.dossier_id, wrong="Sai tên", fault="AGENCY", by=world.officer, at=at(7))
    correct_result(
        dossier_id=paper.dossier_id, number="13/TL", issued_on=MONDAY.date(), by=world.leader, at=at(8),
        document_id=document.pk if document else None,
    )  # fmt: skip
    return IssuedResult.objects.get(dossier=paper.dossier_id, number="13/TL")


class TestSigned:
    def test_the_leader_then_the_agency_and_it_is_published(self, world, signers) -> None:
        paper = issued(world)
        assert paper.published_at is None
        assert check_text(paper.paper_id, at=NOW).kind == Kind.PENDING
        work_off()
        paper.refresh_from_db()
        content = bytes_of(paper.document)
        found = validate(content, at=NOW)
        assert [(one.signer, one.is_agency) for one in found.signatures] == [
            (world.leader.full_name, False),
            (world.department.name, True),
        ]
        assert found.is_good
        assert paper.published_at is not None
        assert paper.is_signed
        assert paper.sha256 == hashlib.sha256(content).hexdigest()
        assert Result.objects.get(dossier=paper.dossier_id).document_id == paper.document_id
        names = list(Line.objects.filter(subject_id=paper.dossier_id).values_list("name", flat=True))
        assert names.count("ResultFileSigned") == 2
        assert names.count("ResultPublished") == 1

    def test_its_code_is_read_from_the_page_by_two_readers_and_verifies(self, world, signers) -> None:
        paper = published(world)
        seen = picture(bytes_of(paper.document))
        [code] = [one.data.decode() for one in decode(seen)]
        assert [one.text for one in zxingcpp.read_barcodes(seen)] == [code]
        assert code == address_of(paper)
        assert code.startswith("HTTPS://MOTCUA.EXAMPLE.VN/X/")
        verdict = check_text(code, at=NOW)
        assert (verdict.kind, verdict.issued) == (Kind.VALID, paper)
        assert verdict.holder == "NGUYEN T. A."

    def test_the_code_tells_the_file_before_the_seal(self, world, signers) -> None:
        paper = published(world)
        claim = check_text(paper.payload, at=NOW).claim
        content = bytes_of(paper.document)
        assert hashlib.sha256(content[: claim.size]).digest()[:8] == claim.digest

    def test_signing_twice_and_pressing_twice_sign_once(self, world, signers) -> None:
        paper = published(world)
        for job in SigningJob.objects.all():
            assert carry_out(job.pk, clock=lambda: NOW) == "DONE"
            assert sign_again(job_id=job.pk, by=world.records, at=NOW).state == "DONE"
        paper.refresh_from_db()
        assert len(validate(bytes_of(paper.document), at=NOW).signatures) == 2

    def test_the_agency_waits_for_the_leader(self, world, signers) -> None:
        paper = issued(world)
        agency = SigningJob.objects.get(issued=paper)
        carry_out(agency.pk, clock=lambda: at(5.5))
        agency.refresh_from_db()
        assert (agency.state, agency.sentence) == ("WAITING", "Chờ chữ ký số của lãnh đạo.")
        carry_out(SigningJob.objects.get(issued=None).pk, clock=lambda: at(5.6))
        agency.refresh_from_db()
        assert agency.state == "DONE"

    def test_a_paper_that_the_leader_has_not_seen_bears_the_seal_alone(self, world, signers) -> None:
        paper = published(world, document=upload(world.records, text="Bản khác"))
        [only] = validate(bytes_of(paper.document), at=NOW).signatures
        assert only.is_agency

    def test_many_signed_at_once_ask_for_each(self, world, signers) -> None:
        dossiers = [proposed(world) for _ in range(3)]
        refused = sign_all({one.pk: one.step_key for one in dossiers}, by=world.leader, at=at(4))
        assert not refused
        assert SigningJob.objects.filter(state="WAITING").count() == 3
        assert Delivery.objects.filter(listener="service.results.tasks.sign").count() == 3


class TestWithoutCertificate:
    def test_the_present_way_stays(self, world) -> None:
        paper = issued(world)
        assert not SigningJob.objects.exists()
        assert paper.published_at == at(5)
        assert not paper.is_signed
        assert paper.document is not None
        assert check_text(paper.paper_id, at=NOW).kind == Kind.VALID

    def test_without_any_file(self, world, signers) -> None:
        paper = issued(world, has_draft=False)
        assert paper.document is None
        assert paper.published_at == at(5)
        assert check_text(paper.payload, at=NOW).kind == Kind.VALID

    def test_a_file_that_is_no_pdf_is_published_as_it_is(self, world, signers) -> None:
        from motcua.demo.papers import scan

        paper = issued(world, has_draft=False, document=upload(world.records, scan(1), "ket-qua.jpg"))
        assert paper.published_at == at(5)
        assert not SigningJob.objects.exists()


class TestFailing:
    def test_says_why_and_signs_when_the_cause_is_gone(self, world, signers, tmp_path) -> None:
        (tmp_path / "leader.p12").rename(tmp_path / "away")
        paper = issued(world)
        work_off()
        job = SigningJob.objects.get(issued=None)
        assert job.state == "FAILED"
        assert "Không thấy tệp khóa" in job.sentence
        (tmp_path / "away").rename(tmp_path / "leader.p12")
        with pytest.raises(Forbidden):
            sign_again(job_id=job.pk, by=world.stranger, at=NOW)
        assert sign_again(job_id=job.pk, by=world.leader, at=NOW).state == "WAITING"
        work_off()
        paper.refresh_from_db()
        assert paper.is_signed

    def test_a_revoked_certificate_leaves_the_choice_to_go_without(self, world, signers) -> None:
        paper = issued(world)
        revoke_identity(identity_id=signers.leader.pk, reason="Mất thiết bị", by=None, at=at(4.5))
        work_off()
        job = SigningJob.objects.get(issued=None)
        assert "đã ngừng dùng" in job.sentence
        go_without(job_id=job.pk, by=world.records, at=NOW)
        work_off()
        paper.refresh_from_db()
        [only] = validate(bytes_of(paper.document), at=NOW + timedelta(hours=1)).signatures
        assert only.is_agency

    def test_going_without_the_seal_publishes_the_file_as_it_is(self, world, signers, tmp_path) -> None:
        (tmp_path / "agency.p12").unlink()
        paper = issued(world)
        work_off()
        go_without(job_id=SigningJob.objects.get(issued=paper).pk, by=world.records, at=NOW)
        paper.refresh_from_db()
        assert paper.published_at == NOW
        assert not paper.is_signed


class TestDraft:
    def test_takes_the_place_of_an_earlier_one_and_goes_with_a_refusal(self, world, signers) -> None:
        dossier = proposed(world)
        first = ResultDraft.objects.get(dossier=dossier, withdrawn_at=None)
        put_draft(dossier_id=dossier.pk, document_id=upload(world.officer).pk, by=world.officer, at=at(3.6))
        first.refresh_from_db()
        assert first.withdrawn_at == at(3.6)
        send_back(dossier_id=dossier.pk, reason="Sai tên", by=world.leader, at=at(3.8))
        assert not ResultDraft.objects.filter(dossier=dossier, withdrawn_at=None).exists()

    def test_is_a_pdf_of_somebody_who_works_on_it(self, world) -> None:
        from motcua.demo.papers import scan

        dossier = proposed(world, has_draft=False)
        with pytest.raises(InvalidInput, match="phải là tệp PDF"):
            put_draft(
                dossier_id=dossier.pk, document_id=upload(world.officer, scan(1), "a.jpg").pk, by=world.officer, at=at(3.6)
            )  # fmt: skip
        with pytest.raises(Forbidden):
            put_draft(
                dossier_id=dossier.pk, document_id=upload(world.stranger).pk, by=world.stranger, at=at(3.6)
            )


class TestReplaced:
    def test_the_old_paper_names_the_new_one(self, world, signers) -> None:
        old = published(world)
        new = corrected(world, old, upload(world.leader, text="Bản đúng"))
        work_off()
        old.refresh_from_db()
        new.refresh_from_db()
        assert (old.state, new.state, new.replaces) == ("REPLACED", "VALID", old)
        verdict = check_text(old.payload, at=at(9))
        assert verdict.kind == Kind.REPLACED
        assert new.paper_id in verdict.sentence
        assert [one.is_agency for one in validate(bytes_of(new.document), at=at(9)).signatures] == [
            False,
            True,
        ]
        assert check_file(bytes_of(old.document), at=at(9)).kind == Kind.REPLACED

    def test_while_it_is_mended_the_asker_is_warned(self, world, signers) -> None:
        paper = published(world)
        find_wrong(dossier_id=paper.dossier_id, wrong="Sai tên", fault="AGENCY", by=world.officer, at=at(7))
        assert "đang sửa" in check_text(paper.paper_id, at=at(7.1)).sentence


class TestRevoked:
    def test_by_a_leader_with_reason_and_number(self, world, signers) -> None:
        paper = published(world)
        given = {"issued_id": paper.pk, "reason": "Giấy tờ giả", "decision_number": "5/QĐ", "at": NOW}
        with pytest.raises(Forbidden):
            revoke_result(**given, by=world.officer)
        with pytest.raises(InvalidInput) as refused:
            revoke_result(**{**given, "reason": "", "decision_number": " "}, by=world.leader)
        assert set(refused.value.errors) == {"reason", "decision_number"}
        revoke_result(**given, by=world.leader)
        with pytest.raises(Stale):
            revoke_result(**given, by=world.leader)
        [told] = Notice.objects.filter(kind="REVOKED_RESULT", channel="PORTAL")
        assert "5/QĐ" in told.text
        verdict = check_text(paper.payload, at=NOW)
        assert verdict.kind == Kind.REVOKED
        assert "5/QĐ" in verdict.sentence
        assert check_file(bytes_of(paper.document), at=NOW).kind == Kind.REVOKED


class TestCheck:
    @pytest.mark.parametrize("text", ["", "KQ26", "xin chào", "KQ26-0000-0001", "A" * 300, "🙂" * 40])
    def test_what_is_not_ours(self, world, signers, text: str) -> None:
        assert check_text(text, at=NOW).kind == Kind.UNKNOWN

    def test_an_id_typed_carelessly(self, world, signers) -> None:
        paper = published(world)
        typed = paper.paper_id.lower().replace("-", " ").replace("0", "o")
        assert check_text(f"  {typed} ", at=NOW).issued == paper

    def test_a_forged_code(self, world, signers) -> None:
        paper = published(world)
        forged = paper.payload[:40] + ("A" if paper.payload[40] != "A" else "B") + paper.payload[41:]
        assert check_text(forged, at=NOW).kind in {Kind.FORGED, Kind.UNKNOWN}
        other = paper.payload[:-30] + paper.payload[-30:][::-1]
        assert check_text(other, at=NOW).kind == Kind.FORGED

    def test_files(self, world, signers) -> None:
        paper = published(world)
        content = bytes_of(paper.document)
        assert check_file(content, at=NOW).kind == Kind.VALID
        place = content.index(b"obj") + 20
        changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        assert check_file(changed, at=NOW).kind == Kind.ALTERED
        assert check_file(b"x", at=NOW).kind == Kind.UNKNOWN
        assert "không có chữ ký số" in check_file(bytes_of(upload(world.officer)), at=NOW).sentence

    def test_old_codes_verify_after_the_key_has_changed(self, world, signers) -> None:
        paper = published(world)
        open_issuer_key(valid_from=NOW, by=None, at=NOW)
        assert check_text(paper.payload, at=NOW).kind == Kind.VALID
        later = corrected(world, paper, upload(world.leader, text="Bản đúng"))
        carry = [job.pk for job in SigningJob.objects.filter(state="WAITING").order_by("asked_at")]
        for pk in carry:
            carry_out(pk, clock=lambda: at(8.5))
        later.refresh_from_db()
        assert (
            check_text(later.payload, at=at(9)).claim.key_id
            != check_text(paper.payload, at=at(9)).claim.key_id
        )


class TestHeld:
    def test_the_holder_sees_the_file_and_when_it_was_checked(self, world, signers) -> None:
        paper = published(world)
        record_check(check_text(paper.payload, at=NOW), at=NOW)
        [held] = held_of(Dossier.objects.get(pk=paper.dossier_id).code, NOW)
        assert held.link
        assert [(one.way, one.at) for one in held.checks] == [("CODE", NOW)]
