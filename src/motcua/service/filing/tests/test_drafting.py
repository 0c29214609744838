"""Drafts: saved as they are typed, found again, filed once, forgotten with their files."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection

from motcua.core.errors import DomainError, Forbidden, InvalidInput
from motcua.core.ids import new_id
from motcua.core.time import local_date
from motcua.foundation.documents.kinds import RefusedFile
from motcua.foundation.documents.models import Document, StoredFile
from motcua.foundation.documents.operations.forgetting import forget_unused
from motcua.foundation.documents.tests import samples
from motcua.foundation.identity.models import Applicant
from motcua.foundation.identity.operations.applicants import ApplicantInput, NotTheSamePerson
from motcua.foundation.identity.operations.mandates import give_mandate
from motcua.foundation.ledger.models import Line
from motcua.foundation.ledger.verifying import verify
from motcua.foundation.notices.models import Notice
from motcua.service.dossiers.operations.receiving import IncompleteDossier
from motcua.service.dossiers.tests.world import BEGINNING, LONG_AGO, MONDAY, World
from motcua.service.filing.contents import Contents
from motcua.service.filing.models import Draft, Filing, FilingRule
from motcua.service.filing.operations import drafting, finishing, grouping
from motcua.service.filing.operations.answering import accept
from motcua.service.filing.revising import changed_since
from motcua.service.payments.operations.setting import set_fee_rule
from motcua.service.procedures.models import Case, Channel, Fee, LimitUnit, Paper, Revision

LATER = MONDAY + timedelta(hours=2)
OWNER = ApplicantInput(
    name="Lò Thị Hòa", personal_number="014190001237", phone="0987654321", email="hoa@example.vn"
)


def begun(world: World, **changes: object) -> Draft:
    given = {"draft_id": new_id(), "offering": world.offering, "at": MONDAY, **changes}
    return drafting.begin_draft(**given)  # type: ignore[arg-type]


def whole(world: World, *, files: int = 3, **changes: object) -> Draft:
    """A draft with nothing missing: what has no file comes on paper."""
    draft = begun(world, **changes)
    drafting.save_person(draft_id=draft.pk, owner=OWNER, at=MONDAY)
    for place, paper in enumerate(world.papers):
        if place < files:
            upload(draft, paper)
        else:
            drafting.save_way(draft_id=draft.pk, ways={paper.pk: "PAPER"}, at=MONDAY)
    drafting.save_return(draft_id=draft.pk, channel="COUNTER", at=MONDAY)
    draft.refresh_from_db()
    return draft


def upload(draft: Draft, paper: Paper, content: bytes | None = None) -> Document:
    content = content or samples.pdf(1, title=f"{draft.pk} {paper.pk}")
    return drafting.keep_file(
        draft_id=draft.pk, paper_id=paper.pk, upload=BytesIO(content), name="giấy.pdf", at=MONDAY
    )


class TestSaving:
    def test_begun_twice_is_one_draft(self, world):
        key = new_id()
        assert begun(world, draft_id=key) == begun(world, draft_id=key)
        assert Draft.objects.count() == 1

    def test_what_is_typed_wrong_is_kept_and_said(self, world):
        draft = begun(world)
        drafting.save_person(
            draft_id=draft.pk, owner=ApplicantInput(name="Hòa", personal_number="12"), at=MONDAY
        )
        draft.refresh_from_db()
        assert draft.owner["personal_number"] == "12"
        assert {"personal_number", "phone"} <= set(drafting.person_faults(draft, MONDAY))

    def test_the_person_is_sealed_at_rest(self, world):
        whole(world)
        with connection.cursor() as cursor:
            cursor.execute("SELECT encode(person_sealed, 'escape') FROM filing_draft")
            assert "014190001237" not in cursor.fetchone()[0]

    def test_saving_keeps_it_for_the_whole_time_again(self, world):
        draft = begun(world)
        much_later = MONDAY + timedelta(days=20)
        drafting.save_step(draft_id=draft.pk, step="giay-to", at=much_later)
        draft.refresh_from_db()
        assert (draft.step, draft.expires_at) == ("giay-to", much_later + timedelta(days=30))

    def test_a_file_is_refused_in_words_and_the_others_stay(self, world):
        draft = begun(world)
        upload(draft, world.papers[0])
        with pytest.raises(RefusedFile):
            upload(draft, world.papers[0], b"MZ\x90\x00 program")
        assert draft.papers.get().documents.count() == 1

    def test_has_room_for_so_many_files(self, world):
        FilingRule.objects.create(valid_from=date(2026, 1, 1), most_files=1)
        draft = begun(world)
        upload(draft, world.papers[0])
        with pytest.raises(drafting.TooManyFiles):
            upload(draft, world.papers[1])

    def test_only_its_own_files_are_dropped(self, world):
        mine, other = begun(world), begun(world)
        document = upload(mine, world.papers[0])
        with pytest.raises(Forbidden):
            drafting.drop_file(draft_id=other.pk, document_id=document.pk, at=MONDAY)
        drafting.drop_file(draft_id=mine.pk, document_id=document.pk, at=MONDAY)
        assert not Document.objects.exists()
        assert forget_unused(at=MONDAY + timedelta(days=3)) == 1
        assert not StoredFile.objects.exists()


class TestFindingAgain:
    def test_by_its_code_written_anyhow(self, world):
        draft = begun(world)
        typed = f" {draft.shown_code.lower()} "
        assert drafting.resume_draft(code=typed, at=MONDAY, where="portal") == draft

    @pytest.mark.parametrize("code", ["", "AAAA-AAAA-AA", "' OR 1=1 --", "\u202e\u200b"])
    def test_not_by_another(self, world, code):
        begun(world)
        with pytest.raises(drafting.NoSuchDraft):
            drafting.resume_draft(code=code, at=MONDAY, where="portal")

    def test_of_an_account_opens_by_code_only_at_the_counter(self, world):
        draft = begun(world, account_id=uuid4())
        with pytest.raises(drafting.NoSuchDraft):
            drafting.resume_draft(code=draft.code, at=MONDAY, where="portal")
        assert (
            drafting.resume_draft(code=draft.code, at=MONDAY, where="counter", actor_id=world.clerk.pk)
            == draft
        )

    def test_a_guests_draft_goes_to_the_account_that_signs_in(self, world):
        draft, account = begun(world), uuid4()
        drafting.take_draft(draft_id=draft.pk, account_id=account, applicant=world.applicant, at=MONDAY)
        assert Draft.objects.of_account(account).get().owner["name"] == world.applicant.name
        with pytest.raises(drafting.NoSuchDraft):
            drafting.take_draft(draft_id=draft.pk, account_id=uuid4(), applicant=world.applicant, at=MONDAY)


class TestFiling:
    def test_carries_everything_over(self, world):
        draft = whole(world, files=2)
        filing = finishing.submit_draft(draft_id=draft.pk, at=LATER)
        assert filing.dossier_key == draft.dossier_key
        assert (filing.is_unverified, filing.contact_phone, filing.return_channel) == (
            True,
            "0987654321",
            "COUNTER",
        )
        assert [part.is_on_paper for part in filing.parts.all()] == [False, False, True]
        assert Document.objects.filter(subject_id=filing.dossier_key).count() == 2
        assert verify().faults == []

    def test_twice_is_once(self, world):
        draft = whole(world)
        first = finishing.submit_draft(draft_id=draft.pk, at=LATER)
        assert finishing.submit_draft(draft_id=draft.pk, at=LATER) == first
        with pytest.raises(drafting.DraftEnded):
            drafting.save_step(draft_id=draft.pk, step="x", at=LATER)

    def test_asks_few_questions_however_many_papers(self, world, django_assert_max_num_queries):
        """Each thing once: a whole village files on one morning."""
        finishing.submit_draft(draft_id=whole(world).pk, at=LATER)
        draft = whole(world, files=3)
        with django_assert_max_num_queries(20):
            finishing.submit_draft(draft_id=draft.pk, at=LATER)

    def test_says_everything_that_is_lacking(self, world):
        draft = begun(world)
        with pytest.raises(InvalidInput) as refusal:
            finishing.submit_draft(draft_id=draft.pk, at=LATER)
        assert {"name", "return_channel", *(f"paper-{paper.pk}" for paper in world.papers)} <= set(
            refusal.value.errors
        )

    def test_of_a_guest_changes_nobody_who_is_known(self, world):
        known = world.applicant
        draft = whole(world)
        stolen = ApplicantInput(
            name="Nguyễn Thị Ánh", personal_number=known.personal_number, phone="0977777777"
        )
        drafting.save_person(draft_id=draft.pk, owner=stolen, at=MONDAY)
        filing = finishing.submit_draft(draft_id=draft.pk, at=LATER)
        known.refresh_from_db()
        assert (filing.applicant, known.phone, filing.contact_phone) == (known, "0912345678", "0977777777")

    def test_a_number_of_another_name_is_refused_without_naming_anybody(self, world):
        draft = whole(world)
        wrong = ApplicantInput(
            name="Kẻ Lạ", personal_number=world.applicant.personal_number, phone="0977777777"
        )
        drafting.save_person(draft_id=draft.pk, owner=wrong, at=MONDAY)
        with pytest.raises(NotTheSamePerson) as refusal:
            finishing.submit_draft(draft_id=draft.pk, at=LATER)
        assert "Ánh" not in refusal.value.message
        assert Filing.objects.count() == 0

    def test_a_guest_may_be_sent_to_the_counter_by_rule(self, world):
        FilingRule.objects.create(valid_from=date(2026, 1, 1), guests_may_submit=False)
        draft = whole(world)
        with pytest.raises(Forbidden) as refusal:
            finishing.submit_draft(draft_id=draft.pk, at=LATER)
        assert draft.shown_code in refusal.value.message

    def test_what_comes_on_paper_is_awaited_before_it_is_taken_in(self, world):
        filing = finishing.submit_draft(draft_id=whole(world, files=2).pk, at=LATER)
        with pytest.raises(IncompleteDossier):
            accept(filing_id=filing.pk, by=world.clerk, at=LATER)
        paper = filing.parts.get(is_on_paper=True)
        dossier = accept(filing_id=filing.pk, by=world.clerk, at=LATER, came_on_paper=[paper.pk])
        assert sorted(dossier.parts.values_list("form", flat=True)) == [
            "ELECTRONIC",
            "ELECTRONIC",
            "ORIGINAL",
        ]
        assert dossier.return_channel == "COUNTER"

    def test_by_mandate_belongs_to_the_principal(self, world):
        agent = Applicant.objects.create(
            name="Trần Văn Bảo", name_folded="tran van bao", name_reversed="bao van tran"
        )
        mandate = give_mandate(
            principal=world.applicant, agent=agent, valid_from=LONG_AGO, valid_to=date(2026, 12, 31),
            paper="Giấy ủy quyền số 1", by=None, at=BEGINNING,
        )  # fmt: skip
        draft = whole(world, account_id=uuid4(), applicant=agent)
        drafting.save_person(draft_id=draft.pk, owner=OWNER, acting="MANDATE", mandate=mandate, at=MONDAY)
        with pytest.raises(drafting.NoSuchDraft):  # of an account, which alone files it
            finishing.submit_draft(draft_id=draft.pk, at=LATER)
        filing = finishing.submit_draft(draft_id=draft.pk, account_id=draft.account_id, at=LATER)
        dossier = accept(filing_id=filing.pk, by=world.clerk, at=LATER)
        assert (dossier.applicant, dossier.representative, dossier.mandate) == (
            world.applicant,
            agent,
            mandate,
        )

    def test_for_a_relative_names_both(self, world):
        draft = whole(world)
        helper = ApplicantInput(name="Lò Văn Con", personal_number="014200001232", phone="0911111111")
        drafting.save_person(draft_id=draft.pk, owner=OWNER, acting="RELATIVE", helper=helper, at=MONDAY)
        with pytest.raises(InvalidInput) as refusal:
            finishing.submit_draft(draft_id=draft.pk, at=LATER)
        assert set(refusal.value.errors) == {"relation"}
        drafting.save_person(
            draft_id=draft.pk, owner=OWNER, acting="RELATIVE", helper=helper, relation="con", at=MONDAY
        )
        filing = finishing.submit_draft(draft_id=draft.pk, at=LATER)
        assert (filing.applicant.name, filing.representative.name) == ("Lò Thị Hòa", "Lò Văn Con")
        assert filing.authorisation.endswith("con")

    def test_copied_it_is_a_new_draft_without_papers(self, world):
        account = uuid4()
        filing = finishing.submit_draft(
            draft_id=whole(world, account_id=account, applicant=world.applicant).pk,
            account_id=account,
            at=LATER,
        )
        with pytest.raises(Forbidden):
            finishing.copy_filing(
                filing=filing, draft_id=new_id(), account_id=uuid4(), applicant=world.applicant, at=LATER
            )
        draft = finishing.copy_filing(
            filing=filing, draft_id=new_id(), account_id=account, applicant=world.applicant, at=LATER
        )
        assert (draft.return_channel, draft.papers.count(), draft.copied_from) == ("COUNTER", 0, filing.pk)

    def test_at_the_counter_it_is_the_same_dossier_with_its_files(self, world):
        draft = whole(world)
        parts = [
            part.__class__(
                **{
                    **vars(part),
                    "document_ids": [doc.pk for doc in draft.papers.get(paper=part.paper_id).documents.all()],
                }
            )
            for part in world.parts()
        ]
        dossier = finishing.receive_draft(
            draft_id=draft.pk,
            offering=world.offering,
            applicant=world.applicant,
            parts=parts,
            by=world.clerk,
            at=LATER,
        )
        assert (dossier.pk, dossier.scans.count()) == (draft.dossier_key, 3)
        with pytest.raises(drafting.DraftEnded):
            finishing.submit_draft(draft_id=draft.pk, at=LATER)


class TestChanging:
    def change(self, world: World, *, online: bool = True) -> Revision:
        revision = Revision.objects.create(
            procedure=world.procedure, number=2, valid_from=date(2026, 3, 3), published_at=BEGINNING,
            name=world.procedure.name, field="Hộ tịch",
        )  # fmt: skip
        case = Case.objects.create(revision=revision, position=1, name="Trường hợp chung")
        for place, name in enumerate(["Tờ  khai", "Ảnh chân dung"], start=1):
            Paper.objects.create(revision=revision, case=case, position=place, name=name, originals=1)
        if online:
            channel = Channel.objects.create(
                revision=revision, position=1, kind="ONLINE", limit_value=2, limit_unit=LimitUnit.WORKING_DAY
            )
            Fee.objects.create(channel=channel, position=1, amount=8000, currency="VND")
        return revision

    def test_is_told_and_asks_only_what_is_new(self, world):
        draft = whole(world)
        self.change(world)
        tuesday = MONDAY + timedelta(days=1)
        assert changed_since(draft, MONDAY) is None
        changed = changed_since(draft, tuesday)
        assert (changed.gone, changed.come) == (
            ("Giấy tờ tùy thân", "Giấy tờ chứng minh nơi cư trú"),
            ("Ảnh chân dung",),
        )
        assert [what for what, _, _ in changed.others] == [
            "Thời hạn giải quyết", "Phí, lệ phí của hồ sơ này",
        ]  # fmt: skip
        with pytest.raises(finishing.ProcedureChanged):
            finishing.submit_draft(draft_id=draft.pk, at=tuesday)
        draft = drafting.follow_revision(draft_id=draft.pk, at=tuesday)
        assert list(finishing.paper_faults(Contents(draft, MONDAY)).values()) == [
            "Chưa có “Ảnh chân dung”. Hãy chụp ảnh rồi tải lên, hoặc chọn nộp bản giấy sau."
        ]

    def test_tells_what_this_draft_costs_by_the_rules_that_ask(self, world):
        draft, tuesday = whole(world), MONDAY + timedelta(days=1)
        self.change(world)
        rule = {
            "offering": world.offering,
            "kind": "CHARGE",
            "name": "Lệ phí bản sao",
            "per": "bản",
            "basis": "NQ",
        }
        set_fee_rule(**rule, amount=5_000, valid_from=LONG_AGO, at=BEGINNING)
        grouping.save_fee(draft_id=draft.pk, group="", quantities={"bản": 3}, at=MONDAY)
        draft.refresh_from_db()
        told = [what for what, _, _ in changed_since(draft, tuesday).others]
        assert told == ["Thời hạn giải quyết"]  # what is announced is another, what is asked is not
        set_fee_rule(**rule, amount=7_000, valid_from=local_date(tuesday), at=BEGINNING)
        assert changed_since(draft, tuesday).others[-1] == (
            "Phí, lệ phí của hồ sơ này",
            "15.000 đồng: Lệ phí bản sao (3 bản × 5.000 đồng)",
            "21.000 đồng: Lệ phí bản sao (3 bản × 7.000 đồng); thêm 6.000 đồng",
        )

    def test_says_when_it_is_no_longer_on_line(self, world):
        draft = whole(world)
        self.change(world, online=False)
        assert not changed_since(draft, MONDAY + timedelta(days=1)).is_online


class TestForgetting:
    def test_is_told_first_and_deleted_with_its_files(self, world):
        draft = whole(world)
        assert drafting.watch_drafts(MONDAY + timedelta(days=24)) == 0
        assert drafting.watch_drafts(MONDAY + timedelta(days=26)) == 1
        assert drafting.watch_drafts(MONDAY + timedelta(days=27)) == 0
        assert draft.shown_code in Notice.objects.about(draft.pk).get(channel="EMAIL").text
        assert drafting.watch_drafts(MONDAY + timedelta(days=31)) == 1
        assert not Draft.objects.exists()
        assert not Document.objects.exists()
        assert Line.objects.of(draft.pk).last().name == "DraftForgotten"
        assert verify().faults == []

    def test_at_its_owners_word(self, world):
        draft = whole(world)
        assert not drafting.forget_draft(draft_id=draft.pk, at=LATER)
        assert drafting.forget_draft(draft_id=draft.pk, at=LATER, is_asked=True)

    def test_what_was_filed_stays(self, world):
        finishing.submit_draft(draft_id=whole(world).pk, at=LATER)
        assert drafting.watch_drafts(MONDAY + timedelta(days=100)) == 0
        assert Draft.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_presses_in_the_same_instant_are_one_filing(world):
    draft, barrier, found = whole(world), Barrier(2), []

    def press() -> None:
        barrier.wait()
        try:
            found.append(finishing.submit_draft(draft_id=draft.pk, at=LATER).pk)
        except DomainError as refusal:
            found.append(refusal)
        finally:
            connection.close()

    presses = [Thread(target=press) for _ in range(2)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    assert found[0] == found[1] == Filing.objects.get().pk
