"""Electronic certified copies: compared, certified, in the book, verified, kept; and what bars them."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date

import pytest
from pyzbar.pyzbar import decode

from motcua.core.errors import Forbidden, InvalidInput, Stale
from motcua.core.ids import new_id
from motcua.foundation.signing.refusals import NoCertificate
from motcua.foundation.signing.tests.world import picture
from motcua.foundation.signing.validating import validate
from motcua.service.dossiers.tests.world import World, build_world, in_work
from motcua.service.holdings.models import HeldPaper
from motcua.service.results.checking import Kind, check_file, check_text
from motcua.service.results.models import Certification, IssuedResult, SigningJob
from motcua.service.results.operations.certifying import (
    Original,
    certify,
    drop,
    prepare,
    prepare_again,
    refuse,
    send_back,
)
from motcua.service.results.operations.revoking import revoke_result
from motcua.service.results.operations.seeding import seed_certification_bars
from motcua.service.results.operations.signing import go_without
from motcua.service.results.tests.world import at, bytes_of, upload, work_off


@pytest.fixture
def world(db) -> World:
    """Copies are certified in dossiers of that field alone."""
    return build_world(field="Chứng thực")


DIPLOMA = Original(title="Bằng tốt nghiệp", number="A 123", issuer="Trường Thử", issued_on=date(2020, 6, 1))


def prepared(world, dossier=None, *, by=None, key=None, original=DIPLOMA, is_compared=True) -> Certification:
    dossier = dossier or in_work(world)
    by = by or world.clerk
    return prepare(
        certification_id=key or new_id(), dossier_id=dossier.pk, original=original,
        document_id=upload(by, text="Bằng tốt nghiệp số A 123").pk, is_compared=is_compared, by=by, at=at(3),
    )  # fmt: skip


class TestCertify:
    def test_is_signed_sealed_numbered_verified_and_kept(self, world, signers, tmp_path) -> None:
        made = certify(certification_id=prepared(world).pk, by=world.leader, at=at(4))
        assert (
            certify(certification_id=made.pk, by=world.leader, at=at(4)).issued == made.issued
        )  # pressed twice
        assert made.code == "1/2026-SCT/BSĐT"
        assert check_text(made.issued.paper_id, at=at(4)).kind == Kind.PENDING
        work_off()
        paper = IssuedResult.objects.get(kind="CERTIFIED")
        content = bytes_of(paper.document)
        report = validate(content, at=at(6))
        assert [one.signer for one in report.signatures] == [world.leader.full_name, world.department.name]
        assert report.is_good
        if pdfsig := shutil.which("pdfsig"):  # poppler agrees
            (tmp_path / "copy.pdf").write_bytes(content)
            said = subprocess.run(
                [pdfsig, "-nocert", tmp_path / "copy.pdf"], capture_output=True, text=True, check=True
            )
            assert said.stdout.count("Signature is Valid") == 2
        [code] = [one.data.decode() for one in decode(picture(content))]
        for verdict in (check_text(code, at=at(6)), check_file(content, at=at(6))):
            assert verdict.kind == Kind.VALID
            assert verdict.sentence.startswith("Bản sao chứng thực do")
        held = HeldPaper.objects.get(provenance="CERTIFIED")
        assert (held.title, held.number, held.document) == ("Bằng tốt nghiệp", "A 123", paper.document)
        revoke_result(
            issued_id=paper.pk, reason="Bản chính giả", decision_number="9/QĐ", by=world.leader, at=at(7)
        )
        held.refresh_from_db()
        assert held.withdrawn_at == at(7)

    def test_stands_beside_the_result_and_numbers_have_no_gap(self, world, signers) -> None:
        dossier = in_work(world)
        first, second, third = (prepared(world, dossier) for _ in range(3))
        assert certify(certification_id=first.pk, by=world.leader, at=at(4)).number == 1
        send_back(certification_id=second.pk, words="Mờ trang 1", by=world.leader, at=at(4))
        with pytest.raises(Stale):
            certify(certification_id=second.pk, by=world.leader, at=at(4))
        assert certify(certification_id=third.pk, by=world.leader, at=at(4)).number == 2
        assert list(Certification.objects.in_book(dossier.agency_id, 2026)) == [first, third]
        assert IssuedResult.objects.standing(dossier.pk) is None

    def test_needs_both_certificates_and_both_signatures(self, world, signers) -> None:
        made = prepared(world)
        with pytest.raises(Forbidden):
            certify(certification_id=made.pk, by=world.officer, at=at(4))
        signers.agency.revoked_at, signers.agency.revoked_reason = at(0), "Mất"
        signers.agency.save()
        with pytest.raises(NoCertificate):
            certify(certification_id=made.pk, by=world.leader, at=at(4))
        signers.agency.revoked_at, signers.agency.revoked_reason = None, ""
        signers.agency.save()
        certify(certification_id=made.pk, by=world.leader, at=at(4))
        for job in SigningJob.objects.all():
            with pytest.raises(Stale):
                go_without(job_id=job.pk, by=world.leader, at=at(4))

    def test_revoked_before_its_signatures_it_is_never_published(self, world, signers) -> None:
        made = certify(certification_id=prepared(world).pk, by=world.leader, at=at(4))
        revoke_result(
            issued_id=made.issued.pk, reason="Nhầm", decision_number="1/QĐ", by=world.leader, at=at(5)
        )
        work_off()
        assert IssuedResult.objects.get(pk=made.issued.pk).published_at is None
        assert not HeldPaper.objects.exists()


class TestSentBack:
    def test_waits_for_who_prepared_it_until_it_is_done_again(self, world, signers) -> None:
        made = prepared(world)
        send_back(certification_id=made.pk, words="Mờ trang 1", by=world.leader, at=at(4))
        [waiting] = Certification.objects.visible_to(world.clerk, at(4)).sent_back()
        assert (waiting, waiting.sent_back_by, waiting.sent_back_at) == (made, world.leader, at(4))
        assert not Certification.objects.visible_to(world.stranger, at(4)).exists()
        given = {"certification_id": made.pk, "original": DIPLOMA, "by": world.clerk, "at": at(5)}
        with pytest.raises(InvalidInput):
            prepare_again(is_compared=False, **given)
        for _ in range(2):  # pressed twice
            again = prepare_again(is_compared=True, **given)
        assert (again.state, again.scan, again.words, again.compared_at) == ("PREPARED", made.scan, "", at(5))
        assert certify(certification_id=made.pk, by=world.leader, at=at(6)).number == 1
        with pytest.raises(Stale):
            prepare_again(is_compared=True, **given)

    def test_or_ends_otherwise(self, world, signers) -> None:
        seed_certification_bars()
        dossier = in_work(world)
        barred, unwanted = prepared(world, dossier), prepared(world, dossier)
        for one in (barred, unwanted):
            send_back(certification_id=one.pk, words="Xem lại", by=world.leader, at=at(4))
        refuse(
            certification_id=barred.pk, dossier_id=dossier.pk, original=DIPLOMA, bar_code="TAY-XOA", words="",
            by=world.clerk, at=at(5),
        )  # fmt: skip
        with pytest.raises(InvalidInput):
            drop(certification_id=unwanted.pk, words=" ", by=world.clerk, at=at(5))
        drop(certification_id=unwanted.pk, words="Người dân rút yêu cầu", by=world.clerk, at=at(5))
        assert sorted(dossier.certifications.values_list("state", flat=True)) == ["DROPPED", "REFUSED"]


class TestPrepare:
    def test_is_shut_in_dossiers_of_another_field(self, db) -> None:
        world = build_world()
        with pytest.raises(Forbidden, match="lĩnh vực Chứng thực"):
            prepared(world)

    def test_says_what_is_wrong(self, world, signers) -> None:
        with pytest.raises(InvalidInput) as refused:
            prepared(world, original=Original(title=" ", issued_on=date(2099, 1, 1)), is_compared=False)
        assert set(refused.value.errors) == {"title", "issued_on", "is_compared"}
        with pytest.raises(Forbidden):
            prepared(world, by=world.stranger)

    def test_is_refused_by_a_coded_reason(self, world, signers) -> None:
        seed_certification_bars()
        dossier = in_work(world)
        given = {
            "dossier_id": dossier.pk,
            "original": DIPLOMA,
            "words": "Trang 2",
            "by": world.clerk,
            "at": at(3),
        }
        with pytest.raises(InvalidInput):
            refuse(certification_id=new_id(), bar_code="KHONG-CO", **given)
        made = refuse(certification_id=new_id(), bar_code="TAY-XOA", **given)
        assert (made.state, made.bar.code, made.number) == ("REFUSED", "TAY-XOA", None)
