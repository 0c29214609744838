"""Electronic certified copies: compared, certified, in the book, verified, kept; and what bars them."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pyzbar.pyzbar import decode

from motcua.core.errors import Forbidden, InvalidInput, Stale
from motcua.core.ids import new_id
from motcua.foundation.documents.tests import samples
from motcua.foundation.signing.refusals import NoCertificate
from motcua.foundation.signing.tests.world import picture
from motcua.foundation.signing.validating import validate
from motcua.service.dossiers.tests.world import BEGINNING, World, build_world, in_work
from motcua.service.holdings.models import HeldPaper
from motcua.service.payments.models import Due
from motcua.service.payments.operations.setting import set_fee_rule
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
from motcua.service.results.tests.world import at, bytes_of, locked_in, upload, work_off


@pytest.fixture
def world(db) -> World:
    """Copies are certified in dossiers of that field alone."""
    return build_world(field="Chứng thực")


DIPLOMA = Original(title="Bằng tốt nghiệp", number="A 123", issuer="Trường Thử", issued_on=date(2020, 6, 1))


def prepared(
    world, dossier=None, *, by=None, key=None, original=DIPLOMA, is_compared=True, is_charged=False
) -> Certification:
    dossier = dossier or in_work(world)
    by = by or world.clerk
    return prepare(
        certification_id=key or new_id(), dossier_id=dossier.pk, original=original,
        document_id=upload(by, text="Bằng tốt nghiệp số A 123").pk, is_compared=is_compared, by=by, at=at(3),
        is_charged=is_charged,
    )  # fmt: skip


def sent_back(world, dossier, **how) -> Certification:
    return send_back(
        certification_id=prepared(world, dossier, **how).pk, words="Xem lại", by=world.leader, at=at(4)
    )


def refused(world, made: Certification) -> Certification:
    return refuse(
        certification_id=made.pk, dossier_id=made.dossier_id, original=DIPLOMA, bar_code="TAY-XOA", words="",
        by=world.clerk, at=at(5),
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
        barred, unwanted = sent_back(world, dossier), sent_back(world, dossier)
        for _ in range(2):  # pressed twice
            assert refused(world, barred).state == "REFUSED"
        with pytest.raises(InvalidInput):
            drop(certification_id=unwanted.pk, words=" ", by=world.clerk, at=at(5))
        drop(certification_id=unwanted.pk, words="Người dân rút yêu cầu", by=world.clerk, at=at(5))
        assert sorted(dossier.certifications.values_list("state", flat=True)) == ["DROPPED", "REFUSED"]

    def test_what_another_window_has_decided_since_is_not_said_to_be_otherwise(self, world, signers) -> None:
        seed_certification_bars()
        dossier = in_work(world)
        again = sent_back(world, dossier)
        prepare_again(certification_id=again.pk, original=DIPLOMA, is_compared=True, by=world.clerk, at=at(5))
        with pytest.raises(Stale):
            refused(world, again)
        certify(certification_id=again.pk, by=world.leader, at=at(6))
        with pytest.raises(Stale):
            refused(world, again)
        barred, unwanted = refused(world, sent_back(world, dossier)), sent_back(world, dossier)
        drop(certification_id=unwanted.pk, words="Rút", by=world.clerk, at=at(5))
        for one in (barred, unwanted):
            with pytest.raises(Stale):
                prepared(world, dossier, key=one.pk)
        assert prepared(world, dossier, key=again.pk).state == "CERTIFIED"

    def test_the_dossier_is_taken_before_its_copy(self, world) -> None:
        seed_certification_bars()
        dossier = in_work(world)
        first, second = sent_back(world, dossier), sent_back(world, dossier)
        for act in (
            lambda: refused(world, first),
            lambda: drop(certification_id=second.pk, words="Rút", by=world.clerk, at=at(5)),
        ):
            with CaptureQueriesContext(connection) as ran:
                act()
            assert locked_in(ran)[:2] == ["dossiers_dossier", "results_certification"]


class TestCharged:
    """Two copies of the same title in one dossier, each charged for itself."""

    @pytest.fixture
    def pair(self, world) -> list[Certification]:
        seed_certification_bars()
        set_fee_rule(
            offering=world.offering, kind="FEE", name="Phí chứng thực", amount=2000, per="trang", basis="Thử",
            valid_from=BEGINNING.date(), at=BEGINNING,
        )  # fmt: skip
        dossier = in_work(world)
        return [sent_back(world, dossier, is_charged=True) for _ in range(2)]

    def test_by_a_name_of_its_own(self, pair) -> None:
        dues = Due.objects.of(pair[0].dossier_id)
        assert [(due.amount, due.state) for due in dues] == [(2000, "OPEN")] * 2
        assert dues[0].name != dues[1].name

    def test_what_is_dropped_or_refused_is_owed_no_more(self, world, pair) -> None:
        dropped, barred = pair
        owed = Due.objects.of(dropped.dossier_id).open()
        first, second = owed
        drop(certification_id=dropped.pk, words="Rút", by=world.clerk, at=at(5))
        assert list(owed.all()) == [second]
        refused(world, barred)
        assert not owed.all().exists()
        first.refresh_from_db()
        assert "thôi" in first.ended_reason

    def test_what_was_paid_stays(self, world, pair) -> None:
        Due.objects.of(pair[0].dossier_id).update(state="PAID", paid_at=at(4), way="CASH")
        refused(world, pair[0])
        assert Due.objects.of(pair[0].dossier_id).paid().count() == 2

    @pytest.mark.parametrize("title", [DIPLOMA.title, "Bằng đại học"])
    def test_what_is_done_again_follows_its_own_pages(self, world, pair, title) -> None:
        again, other = pair
        kept = Due.objects.of(other.dossier_id).open()[1]
        thick = upload(world.clerk, samples.pdf(3))
        prepare_again(
            certification_id=again.pk, original=replace(DIPLOMA, title=title), is_compared=True, by=world.clerk,
            at=at(5), document_id=thick.pk,
        )  # fmt: skip
        other_due, own = Due.objects.of(other.dossier_id).open()
        assert (other_due, own.amount) == (kept, 6000)
        assert own.name.startswith(f"Phí chứng thực: {title} (")

    def test_what_was_paid_counts_and_a_difference_that_fell_away_is_not_owed(self, world, pair) -> None:
        again, _ = pair
        paid, other = Due.objects.of(again.dossier_id)
        Due.objects.filter(pk=paid.pk).update(state="PAID", paid_at=at(4), way="CASH")
        for pages, title, owed in ((3, "Bằng đại học", [2000, 4000]), (1, "Bằng cử nhân", [2000])):
            prepare_again(
                certification_id=again.pk, original=replace(DIPLOMA, title=title), is_compared=True, by=world.clerk,
                at=at(5), document_id=upload(world.clerk, samples.pdf(pages)).pk,
            )  # fmt: skip
            open_now = Due.objects.of(again.dossier_id).open()
            assert [due.amount for due in open_now] == owed
            assert open_now[0] == other
            send_back(certification_id=again.pk, words="Xem lại", by=world.leader, at=at(5.5))


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
