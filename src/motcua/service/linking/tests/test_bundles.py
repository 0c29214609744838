"""A bundle from one filing to one hand-over, through three agencies."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO

import pytest

from motcua.core.errors import Forbidden
from motcua.core.ids import new_id
from motcua.core.time import VIETNAM
from motcua.foundation.calendars.loading import work_calendar
from motcua.foundation.documents.operations.storing import store
from motcua.foundation.ledger.models import Line
from motcua.service.dossiers.history import marks_of, recomputed
from motcua.service.dossiers.models import Dossier, Part, Scan, Stop
from motcua.service.dossiers.operations.deciding import propose
from motcua.service.dossiers.operations.receiving import IncompleteDossier
from motcua.service.dossiers.operations.stopping import stop
from motcua.service.dossiers.states import IllegalMove, State
from motcua.service.linking.models import Bundle, LinkedGroup
from motcua.service.linking.operations.filing import AlreadyFiled, GroupNotInForce, PaperIn
from motcua.service.linking.operations.handing_over import NotComplete, return_bundle
from motcua.service.linking.reading import checklist_of, place_of, standing_of
from motcua.service.linking.tests.world import MONDAY, SELF, build_linked

TUESDAY = MONDAY + timedelta(days=1)
WEDNESDAY = MONDAY + timedelta(days=2)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)


def whole(bundle: Bundle) -> Bundle:
    return Bundle.objects.with_parts().get(pk=bundle.pk)


class TestChecklist:
    def test_asks_each_paper_once_and_none_that_another_part_brings(self, linked):
        made = checklist_of(linked.group, linked.centre, MONDAY.date(), cases={})
        assert [one.name for one in made.asked] == [
            "Tờ khai khai sinh",
            "Giấy chứng sinh",
            SELF,
            "Tờ khai cư trú",
            "Tờ khai thẻ",
        ]
        shared = next(one for one in made.asked if one.name == SELF)
        assert sorted(shared.papers) == ["birth", "residence"]
        assert sorted(one.link.target.key for one in made.supplied) == ["card", "residence"]


class TestFiling:
    def test_makes_a_dossier_of_its_own_code_at_each_agency_and_one_promise(self, linked):
        bundle = linked.file()
        birth, home, card = (linked.dossier(bundle, key) for key in ("birth", "residence", "card"))
        assert bundle.code.startswith("H31.101.01-260302-")
        assert [birth.agency, home.agency, card.agency] == [linked.commune, linked.police, linked.insurance]
        assert birth.code.startswith("H31.101-")
        assert home.code.startswith("H31.7-")
        assert birth.state == State.TRANSFERRED
        assert home.state == card.state == State.AWAITING_OUTPUT
        assert home.due_at is None
        assert home.first_due_at == bundle.due_at == datetime(2026, 3, 4, 17, 0, tzinfo=VIETNAM)
        assert birth.due_at == datetime(2026, 3, 3, 17, 0, tzinfo=VIETNAM)

    def test_on_paper_the_parts_wait_at_the_counter_one_after_another(self, db):
        linked = build_linked(mode=LinkedGroup.Mode.SERIAL)
        bundle = linked.file()
        home, card = linked.dossier(bundle, "residence"), linked.dossier(bundle, "card")
        assert linked.dossier(bundle, "birth").state == State.RECEIVED
        assert home.state == card.state == State.AWAITING_OUTPUT
        assert home.step_kind == "RECEIVE"
        assert card.first_due_at == datetime(2026, 3, 5, 17, 0, tzinfo=VIETNAM)

    def test_refuses_a_paper_that_lacks_by_its_field(self, linked):
        with pytest.raises(IncompleteDossier) as refused:
            linked.file(papers=linked.papers()[1:])
        assert list(refused.value.errors) == [f"paper-{linked.papers()[0].key}"]
        assert not Dossier.objects.exists()

    def test_sent_twice_is_taken_once(self, linked):
        key = new_id()
        bundle = linked.file(bundle_id=key)
        with pytest.raises(AlreadyFiled, match=bundle.code):
            linked.file(bundle_id=key)
        assert Dossier.objects.count() == 3

    def test_is_refused_before_the_group_applies(self, linked):
        LinkedGroup.objects.filter(pk=linked.group.pk).update(valid_from=MONDAY.date() + timedelta(days=1))
        with pytest.raises(GroupNotInForce):
            linked.file()

    def test_needs_the_permission_at_the_place(self, linked):
        with pytest.raises(Forbidden):
            linked.file(by=linked.person(Dossier(agency=linked.police), "OFFICER"))

    def test_stores_a_shared_paper_once_and_gives_it_to_those_who_need_it(self, linked):
        asked = checklist_of(linked.group, linked.centre, MONDAY.date(), cases={}).asked
        document = store(BytesIO(PIXEL), name="cccd.png", by=linked.clerk, at=MONDAY)
        papers = [PaperIn(one.key, document_ids=(document.pk,) if one.name == SELF else ()) for one in asked]
        bundle = linked.file(papers=papers)
        document.refresh_from_db()
        assert document.subject_id == bundle.pk
        owners = set(Scan.objects.filter(document=document).values_list("dossier__bundle_part", flat=True))
        assert owners == {"birth", "residence"}


class TestVisibility:
    def test_an_agency_sees_its_own_part_alone(self, linked):
        bundle = linked.file()
        officer = linked.person(linked.dossier(bundle, "residence"), "OFFICER")
        assert [one.bundle_part for one in Dossier.objects.visible_to(officer, MONDAY)] == ["residence"]
        assert not Bundle.objects.visible_to(officer, MONDAY).exists()

    def test_the_centre_sees_the_whole(self, linked):
        linked.file()
        assert Dossier.objects.visible_to(linked.clerk, MONDAY).count() == 3
        assert Bundle.objects.visible_to(linked.clerk, MONDAY).count() == 1

    def test_a_part_knows_what_comes_in_and_nothing_else(self, linked):
        bundle = linked.file()
        place = place_of(linked.dossier(bundle, "card"))
        assert (place.position, place.total) == (3, 3)
        assert [one.output for one in place.incoming] == ["Giấy khai sinh"]
        assert place.incoming[0].given_at is None


class TestProgress:
    def test_an_output_lets_the_parts_begin_that_need_it(self, linked):
        bundle = linked.file()
        linked.settle(linked.dossier(bundle, "birth"), TUESDAY)
        home, card = linked.dossier(bundle, "residence"), linked.dossier(bundle, "card")
        assert home.state == card.state == State.TRANSFERRED
        assert home.due_at == datetime(2026, 3, 4, 17, 0, tzinfo=VIETNAM)
        brought = home.parts.get(name="Giấy khai sinh")
        assert brought.status == Part.Status.HELD
        assert "12/KQ" in brought.note
        assert place_of(home).incoming[0].number == "12/KQ"

    def test_its_promise_can_be_rebuilt_from_the_facts(self, linked):
        bundle = linked.file()
        linked.settle(linked.dossier(bundle, "birth"), TUESDAY)
        for dossier in Dossier.objects.filter(bundle_id=bundle.pk):
            calendar = work_calendar(dossier.agency_id, MONDAY.date())
            assert recomputed(dossier, calendar, marks_of(dossier)) == dossier.due_at

    def test_a_file_of_the_result_is_readable_where_it_is_needed(self, linked):
        bundle = linked.file()
        birth = linked.dossier(bundle, "birth")
        records = linked.person(birth, "RECORDS")
        document = store(BytesIO(PIXEL), name="khai-sinh.png", by=records, at=TUESDAY)
        from motcua.service.dossiers.operations.assigning import claim
        from motcua.service.dossiers.operations.deciding import sign
        from motcua.service.dossiers.operations.returning import issue

        claim(dossier_id=birth.pk, by=linked.person(birth, "OFFICER"), at=TUESDAY)
        propose(
            dossier_id=birth.pk, outcome="APPROVE", reason="", by=linked.person(birth, "OFFICER"), at=TUESDAY
        )
        sign(dossier_id=birth.pk, by=linked.person(birth, "LEADER"), at=TUESDAY)
        issue(
            dossier_id=birth.pk, number="9/KS", issued_on=TUESDAY.date(), document_id=document.pk, by=records,
            at=TUESDAY,
        )  # fmt: skip
        holders = set(Scan.objects.filter(document=document).values_list("dossier__bundle_part", flat=True))
        assert holders == {"residence", "card"}

    def test_nobody_works_on_a_part_before_its_turn(self, linked):
        bundle = linked.file()
        home = linked.dossier(bundle, "residence")
        officer = linked.person(home, "OFFICER")
        from motcua.service.dossiers.operations.assigning import claim

        claim(dossier_id=home.pk, by=officer, at=MONDAY)
        with pytest.raises(IllegalMove, match="Chờ kết quả liên thông"):
            propose(dossier_id=home.pk, outcome="APPROVE", reason="", by=officer, at=MONDAY)

    def test_a_refusal_stops_what_depends_on_it_with_the_reason(self, linked):
        bundle = linked.file()
        linked.settle(linked.dossier(bundle, "birth"), TUESDAY, outcome="REFUSE")
        home, card = linked.dossier(bundle, "residence"), linked.dossier(bundle, "card")
        assert home.state == card.state == State.STOPPED
        stop = Stop.objects.get(dossier=home)
        assert stop.kind == Stop.Kind.LINKED
        assert "từ chối" in stop.reason
        line = Line.objects.get(subject_id=bundle.pk, name="BranchStopped")
        assert len(line.payload["stopped"]) == 2
        standing = standing_of(whole(bundle))
        assert standing.is_ready
        assert standing.stopped == 2

    def test_a_withdrawal_stops_what_depends_on_it_as_well(self, linked):
        bundle = linked.file()
        stop(
            dossier_id=linked.dossier(bundle, "birth").pk, kind=Stop.Kind.WITHDRAW, requested_by="Nguyễn Thị Ánh",
            reason="Nộp nhầm", papers="Trả đủ", fees="không", by=linked.clerk, at=TUESDAY,
        )  # fmt: skip
        assert (
            linked.dossier(bundle, "residence").state == linked.dossier(bundle, "card").state == State.STOPPED
        )
        assert standing_of(whole(bundle)).is_closed

    def test_a_refusal_leaves_the_other_branches_going(self, linked):
        bundle = linked.file()
        linked.settle(linked.dossier(bundle, "birth"), TUESDAY)
        linked.settle(linked.dossier(bundle, "residence"), TUESDAY, outcome="REFUSE")
        assert linked.dossier(bundle, "card").state == State.TRANSFERRED
        assert not Line.objects.filter(subject_id=bundle.pk, name="BranchStopped").exists()

    def test_on_paper_the_next_part_follows_even_a_refused_one_that_it_does_not_need(self, db):
        linked = build_linked(mode=LinkedGroup.Mode.SERIAL)
        from motcua.service.dossiers.operations.transferring import transfer

        bundle = linked.file()
        for key, outcome in (("birth", "APPROVE"), ("residence", "REFUSE")):
            dossier = linked.dossier(bundle, key)
            transfer(dossier_id=dossier.pk, by=linked.clerk, at=TUESDAY)
            linked.settle(dossier, TUESDAY, outcome=outcome)
        card = linked.dossier(bundle, "card")
        assert card.state == State.RECEIVED
        assert card.due_at == datetime(2026, 3, 4, 17, 0, tzinfo=VIETNAM)


class TestHandingOver:
    def test_waits_for_the_last_part(self, linked):
        bundle = linked.file()
        linked.settle(linked.dossier(bundle, "birth"), TUESDAY)
        with pytest.raises(NotComplete, match="Đăng ký thường trú"):
            return_bundle(bundle_id=bundle.pk, by=linked.clerk, at=TUESDAY)

    def test_gives_everything_together(self, linked):
        bundle = linked.file()
        for key in ("birth", "residence", "card"):
            linked.settle(linked.dossier(bundle, key), TUESDAY)
        done = return_bundle(bundle_id=bundle.pk, by=linked.clerk, at=WEDNESDAY, receiver_name="Lê Văn Bố")
        assert done.returned_at == WEDNESDAY
        assert set(Dossier.objects.values_list("state", flat=True)) == {State.RETURNED}
        assert standing_of(whole(bundle)).label == "Đã trả đủ kết quả"
        with pytest.raises(NotComplete, match="đã trả"):
            return_bundle(bundle_id=bundle.pk, by=linked.clerk, at=WEDNESDAY)

    def test_after_a_stop_gives_what_there_is(self, linked):
        bundle = linked.file()
        linked.settle(linked.dossier(bundle, "birth"), TUESDAY, outcome="REFUSE")
        return_bundle(bundle_id=bundle.pk, by=linked.clerk, at=WEDNESDAY)
        line = Line.objects.get(subject_id=bundle.pk, name="BundleReturned")
        assert len(line.payload["results"]) == 1
        assert len(line.payload["without_result"]) == 2
        assert whole(bundle).returned_at == WEDNESDAY
