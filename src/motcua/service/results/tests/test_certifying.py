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
from motcua.service.dossiers.tests.world import in_work
from motcua.service.holdings.models import HeldPaper
from motcua.service.results.checking import Kind, check_file, check_text
from motcua.service.results.models import Certification, IssuedResult, SigningJob
from motcua.service.results.operations.certifying import Original, certify, prepare, refuse, send_back
from motcua.service.results.operations.revoking import revoke_result
from motcua.service.results.operations.seeding import seed_certification_bars
from motcua.service.results.operations.signing import go_without
from motcua.service.results.tests.world import at, bytes_of, upload, work_off

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


class TestPrepare:
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
