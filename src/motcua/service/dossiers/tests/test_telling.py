"""Every change that the applicant must know of reaches them, with the dossier's code, and never names them."""

from __future__ import annotations

from datetime import timedelta

from motcua.foundation.identity.models import Applicant
from motcua.foundation.identity.operations.applicants import ApplicantInput, find_or_create_applicant
from motcua.foundation.identity.operations.mandates import revoke_mandate
from motcua.foundation.ledger.models import Delivery
from motcua.foundation.ledger.outbox import deliver_due
from motcua.foundation.notices.models import Notice
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.operations.stopping import lapse_silent, reopen
from motcua.service.dossiers.tests.test_mandated import mandated
from motcua.service.dossiers.tests.test_pausing import stop_clock
from motcua.service.dossiers.tests.test_stopping import end
from motcua.service.dossiers.tests.test_supplementing import ask, bring_all
from motcua.service.dossiers.tests.world import MONDAY, World, in_work

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def told(dossier: Dossier) -> dict[str, Notice]:
    """What stands on the tracking page, by kind; each notice there bears the code and no name."""
    notices = Notice.objects.filter(subject_id=dossier.pk, channel=Notice.Channel.PORTAL)
    for notice in notices:
        assert dossier.code in notice.text
        assert dossier.applicant_name not in notice.text
    return {notice.kind: notice for notice in notices}


class TestSteps:
    def test_are_told_by_the_worker_by_what_is_connected_and_once(self, world: World) -> None:
        dossier = in_work(world)
        Applicant.objects.filter(pk=dossier.applicant_id).update(email="anh@example.vn")
        assert not Notice.objects.filter(subject_id=dossier.pk, kind="IN_WORK").exists()
        for _ in range(2):  # the second time as after an interruption
            while deliver_due():
                pass
            Delivery.objects.filter(listener="service.dossiers.telling.tell_of_step").update(
                state=Delivery.State.PENDING, next_at=MONDAY
            )
        (notice,) = Notice.objects.filter(subject_id=dossier.pk, kind="IN_WORK")
        assert (notice.channel, notice.address) == (Notice.Channel.EMAIL, "anh@example.vn")
        assert dossier.code in notice.text
        assert world.department.name in notice.text

    def test_are_left_out_where_nothing_connected_reaches_the_person(self, world: World) -> None:
        dossier = in_work(world)  # with a telephone alone
        while deliver_due():
            pass
        assert not Notice.objects.filter(subject_id=dossier.pk, kind="IN_WORK").exists()


class TestSupplement:
    def test_says_everything_that_is_lacking_and_until_when(self, world: World) -> None:
        dossier = in_work(world)
        supplement = ask(world, dossier, MONDAY + 4 * HOUR)
        notice = told(dossier)["SUPPLEMENT"]
        for item in supplement.items.exclude(verdict="FINE"):
            assert item.instruction in notice.text
        assert "17:00 ngày 17/03/2026" in notice.text
        assert "2 nội dung" in notice.title

    def test_leaves_by_message_too_when_there_is_a_phone(self, world: World) -> None:
        dossier = in_work(world)
        ask(world, dossier, MONDAY + 4 * HOUR)
        assert Notice.objects.filter(subject_id=dossier.pk, channel=Notice.Channel.SMS).count() == 1

    def test_tells_the_new_day_when_it_is_complete(self, world: World) -> None:
        dossier = in_work(world)
        ask(world, dossier, MONDAY + 4 * HOUR)
        bring_all(world, dossier, MONDAY + 2 * DAY)
        dossier.refresh_from_db()
        assert dossier.due_at is not None
        assert f"{dossier.due_at:%d/%m/%Y}" in told(dossier)["SUPPLEMENT_DONE"].text

    def test_tells_that_silence_has_closed_it(self, world: World) -> None:
        dossier = in_work(world)
        ask(world, dossier, MONDAY + 4 * HOUR)
        lapse_silent(MONDAY + 16 * DAY)
        assert "đóng hồ sơ do không bổ sung" in told(dossier)["ENDED_EARLY"].text


class TestStop:
    def test_tells_of_the_end_and_of_the_way_back(self, world: World) -> None:
        dossier = in_work(world)
        end(world, dossier, MONDAY + 4 * HOUR)
        assert "nhận lại giấy tờ" in told(dossier)["ENDED_EARLY"].text
        reopen(dossier_id=dossier.pk, reason="Người nộp đề nghị", by=world.head, at=MONDAY + DAY)
        assert "mở lại" in told(dossier)["REOPENED"].text


class TestPause:
    def test_names_the_letter(self, land: World) -> None:
        dossier = in_work(land)
        pause = stop_clock(land, dossier, MONDAY + 4 * HOUR)
        assert pause.letter in told(dossier)["PAUSE"].text


class TestMandate:
    def test_both_people_hear_that_it_was_given_and_that_it_was_revoked(self, world: World) -> None:
        data = ApplicantInput(name="Trần Văn Giúp", personal_number="033085004321", phone="0987654321")
        agent = find_or_create_applicant(data, by=None, at=MONDAY)
        mandate = mandated(world, agent)
        revoke_mandate(mandate_id=mandate.pk, reason="Đã tự làm", by=world.clerk, at=MONDAY + HOUR)
        told_of = list(Notice.objects.filter(subject_id=mandate.pk).order_by("id"))
        assert [(one.kind, one.address) for one in told_of] == [
            ("MANDATE_GIVEN", world.applicant.phone), ("MANDATE_GIVEN", agent.phone),
            ("MANDATE_REVOKED", world.applicant.phone), ("MANDATE_REVOKED", agent.phone),
        ]  # fmt: skip
        assert "Bạn vừa ủy quyền cho Trần Văn Giúp làm thủ tục thay bạn" in told_of[0].text
        assert "Nguyễn Thị Ánh vừa ủy quyền cho bạn làm thủ tục" in told_of[1].text
        assert all("đã chấm dứt: Đã tự làm" in one.text for one in told_of[2:])

    def test_nothing_is_said_to_be_sent_to_who_cannot_be_reached(self, world: World) -> None:
        data = ApplicantInput(name="Trần Văn Giúp", personal_number="033085004321")
        agent = find_or_create_applicant(data, by=None, at=MONDAY)
        mandate = mandated(world, agent)
        assert [one.recipient for one in Notice.objects.filter(subject_id=mandate.pk)] == [
            world.applicant.name
        ]

    def test_both_people_hear_of_it(self, world: World) -> None:
        data = ApplicantInput(name="Trần Văn Giúp", personal_number="033085004321", phone="0987654321")
        agent = find_or_create_applicant(data, by=None, at=MONDAY)
        dossier = world.receive(mandate=mandated(world, agent))
        texts = list(Notice.objects.filter(subject_id=dossier.pk, channel=Notice.Channel.SMS))
        assert {notice.address for notice in texts} == {world.applicant.phone, agent.phone}
