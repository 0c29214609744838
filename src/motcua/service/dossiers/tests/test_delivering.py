"""Supplements sent on line: in time when sent in time, complete from when they were sent, never a second request."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from motcua.core.errors import DomainError, Forbidden, InvalidInput
from motcua.core.time import VIETNAM
from motcua.foundation.ledger.verifying import verify
from motcua.foundation.notices.models import Notice
from motcua.service.dossiers.history import rebuilt
from motcua.service.dossiers.models import Delivery, Dossier
from motcua.service.dossiers.operations.delivering import AlreadySent, Sent, look_at_delivery, send_supplement
from motcua.service.dossiers.operations.stopping import NotYetSilent, lapse
from motcua.service.dossiers.operations.supplementing import ask_supplement
from motcua.service.dossiers.operations.talking import (
    AsksForPapers,
    write_to_applicant,
    write_to_office,
)
from motcua.service.dossiers.states import State
from motcua.service.dossiers.tests.world import MONDAY, World, build_world, in_work, judged, lacking_items

ASKED = MONDAY + timedelta(hours=4)
SENT = datetime(2026, 3, 4, 20, tzinfo=VIETNAM)  # Wednesday evening
LOOKED = datetime(2026, 3, 5, 16, tzinfo=VIETNAM)


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture
def waiting(world: World) -> Dossier:
    dossier = in_work(world)
    ask_supplement(
        dossier_id=dossier.pk, items=judged(dossier), reason="Thiếu chữ ký", contact_name="Hoàng Minh Em",
        by=world.officer, at=ASKED,
    )  # fmt: skip
    dossier.refresh_from_db()
    return dossier


def send(dossier: Dossier, *places: int, at: datetime = SENT) -> Delivery:
    items = lacking_items(dossier)
    return send_supplement(
        dossier_id=dossier.pk, sent=[Sent(items[place].pk, words="Đã ký lại") for place in places], at=at
    )


def fault_of(delivery: Delivery, place: int) -> dict[object, str]:
    return {list(delivery.papers.order_by("item__position"))[place].pk: "Vẫn thiếu chữ ký"}


class TestDelivering:
    def test_counts_from_when_it_was_sent_once_the_counter_finds_it_good(self, world, waiting):
        delivery = send(waiting, 0, 1)
        assert delivery.answer_due_at == datetime(2026, 3, 6, 8, 0, tzinfo=VIETNAM)
        waiting.refresh_from_db()
        assert (waiting.state, waiting.due_at) == (State.AWAITING_SUPPLEMENT, None)
        supplement = look_at_delivery(delivery_id=delivery.pk, faults={}, by=world.clerk, at=LOOKED)
        waiting.refresh_from_db()
        assert supplement.completed_at == SENT
        assert waiting.state == State.IN_WORK
        # five working days anew from Wednesday evening, not from Thursday afternoon
        assert waiting.due_at == datetime(2026, 3, 11, 17, tzinfo=VIETNAM)
        assert rebuilt(waiting) == waiting.due_at
        assert verify().faults == []

    def test_what_is_not_good_was_not_brought_and_is_told_once_more(self, world, waiting):
        delivery = send(waiting, 0, 1)
        look_at_delivery(delivery_id=delivery.pk, faults=fault_of(delivery, 1), by=world.clerk, at=LOOKED)
        waiting.refresh_from_db()
        assert waiting.state == State.AWAITING_SUPPLEMENT
        assert len(lacking_items(waiting)) == 1
        assert waiting.supplements.count() == 1
        told = Notice.objects.about(waiting.pk).get(kind="SUPPLEMENT_LEFT", channel="PORTAL").text
        assert "Vẫn thiếu chữ ký" in told
        again = send(waiting, 0, at=LOOKED)
        assert again.pk != delivery.pk
        done = look_at_delivery(delivery_id=again.pk, faults={}, by=world.clerk, at=LOOKED)
        assert done.completed_at == LOOKED

    def test_is_the_counters_and_looked_at_once(self, world, waiting):
        delivery = send(waiting, 0, 1)
        with pytest.raises(Forbidden):
            look_at_delivery(delivery_id=delivery.pk, faults={}, by=world.officer, at=LOOKED)
        look_at_delivery(delivery_id=delivery.pk, faults={}, by=world.clerk, at=LOOKED)
        with pytest.raises(DomainError):
            look_at_delivery(delivery_id=delivery.pk, faults={}, by=world.clerk, at=LOOKED)

    def test_sent_twice_it_is_there_once(self, waiting):
        send(waiting, 0, 1)
        with pytest.raises(AlreadySent):
            send(waiting, 0, 1)
        assert Delivery.objects.count() == 1

    def test_nothing_is_no_answer(self, waiting):
        with pytest.raises(InvalidInput):
            send_supplement(dossier_id=waiting.pk, sent=[], at=SENT)

    def test_in_time_the_dossier_is_not_closed_while_nobody_has_looked(self, world, waiting):
        last = waiting.supplements.get().waits_until
        send(waiting, 0, 1, at=last - timedelta(hours=1))
        with pytest.raises(NotYetSilent):
            lapse(dossier_id=waiting.pk, by=None, at=last + timedelta(days=3))
        delivery = Delivery.objects.get()
        look_at_delivery(delivery_id=delivery.pk, faults={}, by=world.clerk, at=last + timedelta(days=3))
        waiting.refresh_from_db()
        assert waiting.state == State.IN_WORK

    def test_too_late_it_is_refused(self, waiting):
        last = waiting.supplements.get().waits_until
        with pytest.raises(DomainError):
            send(waiting, 0, at=last + timedelta(days=2))


class TestTalking:
    @pytest.mark.parametrize(
        "text",
        [
            "Đề nghị nộp thêm giấy khai sinh.",
            "Anh gui lai ban chup can cuoc nhe",
            "Bổ sung tờ khai có chữ ký",
            "Chị cung cấp hợp đồng thuê nhà",
        ],
    )
    def test_a_paper_is_not_asked_for_by_a_message(self, world, text):
        dossier = in_work(world)
        with pytest.raises(AsksForPapers) as refusal:
            write_to_applicant(dossier_id=dossier.pk, text=text, asks=True, by=world.officer, at=ASKED)
        assert "Yêu cầu bổ sung" in refusal.value.message
        assert dossier.messages.count() == 0

    def test_a_question_waits_until_it_is_answered_and_moves_no_clock(self, world):
        dossier = in_work(world)
        due = dossier.due_at
        asked = write_to_applicant(
            dossier_id=dossier.pk, text="Anh sinh ngày nào?", asks=True, by=world.officer, at=ASKED
        )
        assert asked.is_waiting
        assert dossier.code in Notice.objects.about(dossier.pk).get(kind="MESSAGE", channel="PORTAL").text
        answer = write_to_office(dossier_id=dossier.pk, text="Ngày 1/2/1990.", at=SENT)
        asked.refresh_from_db()
        dossier.refresh_from_db()
        assert (asked.answered_at, answer.answers, answer.asks) == (SENT, asked, False)
        assert dossier.due_at == due

    def test_what_the_applicant_asks_is_a_task_with_a_time(self, world):
        dossier = in_work(world)
        asked = write_to_office(dossier_id=dossier.pk, text="Bao giờ xong?", at=ASKED)
        assert asked.answer_due_at == datetime(2026, 3, 3, 14, 0, tzinfo=VIETNAM)
        waiting = dossier.messages.waiting_for_office()
        assert waiting.visible_to(world.officer, ASKED).get() == asked
        assert not waiting.visible_to(world.stranger, ASKED).exists()
        write_to_applicant(dossier_id=dossier.pk, text="Thứ Sáu.", asks=False, by=world.officer, at=SENT)
        assert not waiting.exists()

    def test_strangers_do_not_write(self, world):
        dossier = in_work(world)
        with pytest.raises(Forbidden):
            write_to_applicant(dossier_id=dossier.pk, text="Chào", asks=False, by=world.stranger, at=ASKED)
