"""Rules at work: order, quiet hours, cap, the next channel, reports of gateways, wishes, wordings."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from motcua.core.errors import InvalidInput
from motcua.core.ids import new_id
from motcua.core.time import VIETNAM
from motcua.foundation.identity.operations.applicants import ApplicantInput, find_or_create_applicant
from motcua.foundation.identity.tests import factories
from motcua.foundation.ledger.models import Line
from motcua.foundation.ledger.outbox import deliver_due
from motcua.foundation.notices import channels
from motcua.foundation.notices.models import Notice, NoticeCap, NoticePrice, QuietHours
from motcua.foundation.notices.operations import ruling
from motcua.foundation.notices.operations.seeding import seed_notice_rules
from motcua.foundation.notices.operations.sending import hear_report
from motcua.foundation.notices.operations.telling import Addressee, tell
from motcua.foundation.notices.tasks import release_waiting

NOON = datetime(2026, 3, 6, 12, tzinfo=VIETNAM)
NIGHT = datetime(2026, 3, 6, 23, tzinfo=VIETNAM)
CODE = "H31.2-260302-0001"
BOTH = Addressee("Nguyễn Thị Ánh", "anh@vidu.vn", "0912345678")

pytestmark = pytest.mark.django_db


class Gate:
    """A gateway that keeps what it was given, or refuses it."""

    is_connected = True

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.refusal = ""

    def send(self, notice: Notice) -> None:
        if self.refusal:
            raise channels.Undeliverable(self.refusal)
        self.sent.append(notice.text)
        notice.reference = f"ref-{len(self.sent)}"


@pytest.fixture
def gates(monkeypatch: pytest.MonkeyPatch) -> dict[str, Gate]:
    seed_notice_rules()
    made = {"ZALO": Gate(), "SMS": Gate()}
    for channel, gate in made.items():
        monkeypatch.setitem(channels._gateways, channel, gate)
    return made


def told(kind: str = "RESULT", to: Addressee = BOTH, at: datetime = NOON) -> Notice | None:
    notices = tell(
        subject_id=new_id(), code=CODE, kind=kind, to=to, title=f"Hồ sơ {CODE} đã có kết quả",
        text=f"Hồ sơ {CODE} đã có kết quả.", by=None, at=at,
    )  # fmt: skip
    return next((notice for notice in notices if notice.channel != "PORTAL"), None)


def again(notice: Notice | None) -> Notice:
    assert notice is not None
    notice.refresh_from_db()
    return notice


class TestChoice:
    def test_takes_the_next_channel_when_one_refuses(self, gates):
        QuietHours.objects.all().delete()  # the worker's clock is the true one
        first = told()
        assert first is not None
        assert first.channel == "ZALO"
        gates["ZALO"].refusal = "Số này không dùng Zalo."
        deliver_due()
        deliver_due()
        assert again(first).state == "FAILED"
        other = first.followed_by
        assert (other.channel, other.state) == ("SMS", "SENT")
        assert gates["SMS"].sent == [
            f"Ho so {CODE} da co ket qua. Ma so {CODE}. Xem tai trang Tra cuu ho so cua tinh."
        ]
        assert [row.state for row in first.traces.all()] == ["QUEUED", "FAILED"]

    def test_a_step_is_never_left_for_somebody_to_phone(self, gates, monkeypatch):
        for gate in gates.values():
            monkeypatch.setattr(gate, "is_connected", False)
        notices = tell(
            subject_id=new_id(), code=CODE, kind="IN_WORK", to=Addressee("Ánh", phone="0912345678"), title=CODE,
            text=CODE, by=None, at=NOON, is_step=True,
        )  # fmt: skip
        assert notices == []

    def test_who_does_not_want_a_kind_has_it_on_the_page_alone_unless_it_is_obligatory(self, gates):
        person = find_or_create_applicant(
            ApplicantInput(name="Ánh", personal_number="033085004321", phone="0912345678"), by=None, at=NOON
        )
        chosen = ruling.say_unwanted(
            applicant=person, kinds=["IN_WORK", "RESULT"], actor_id=person.pk, at=NOON
        )
        assert chosen == ["IN_WORK"]
        to = Addressee("Ánh", phone="0912345678", applicant_id=person.pk)
        assert told("IN_WORK", to) is None
        assert told("RESULT", to) is not None


class TestQuietHours:
    def test_what_rings_waits_for_the_morning_and_goes_once(self, gates):
        notice = told(at=NIGHT)
        assert notice is not None
        assert (notice.state, notice.not_before) == ("WAITING", datetime(2026, 3, 7, 7, tzinfo=VIETNAM))
        deliver_due()
        assert gates["ZALO"].sent == []
        assert release_waiting(NIGHT + timedelta(hours=7)) == 0
        assert release_waiting(NIGHT + timedelta(hours=8)) == 1
        assert release_waiting(NIGHT + timedelta(hours=8)) == 0
        deliver_due()
        assert len(gates["ZALO"].sent) == 1

    def test_urgent_kinds_pass(self, gates):
        assert again(told("MANDATE_GIVEN", at=NIGHT)).state == "QUEUED"


class TestCap:
    @pytest.fixture(autouse=True)
    def _money(self, gates):
        NoticePrice.objects.create(channel="ZALO", amount=300, valid_from=date(2026, 1, 1))
        NoticeCap.objects.create(amount=500, warn_email="quantri@vidu.vn", valid_from=date(2026, 1, 1))

    def test_then_a_cheaper_channel_and_the_administrator_hears_once(self):
        assert [again(told()).channel for _ in range(3)] == ["ZALO", "SMS", "SMS"]
        assert Notice.objects.filter(kind="CAP_REACHED").count() == 1
        assert Line.objects.filter(name="NoticeCapReached").count() == 1

    def test_the_next_month_begins_anew(self):
        told()
        assert again(told(at=NOON + timedelta(days=31))).channel == "ZALO"

    def test_what_is_urgent_goes(self):
        told()
        assert again(told("MANDATE_GIVEN")).channel == "ZALO"


class TestReport:
    def test_is_heard_once_whatever_is_repeated(self, gates):
        notice = told()
        deliver_due()
        said = {"channel": "ZALO", "reference": "ref-1", "reason": "", "cost": 250, "at": NOON}
        assert hear_report(has_arrived=True, **said)
        assert hear_report(has_arrived=True, **said)
        assert hear_report(has_arrived=False, **said)
        assert (again(notice).state, again(notice).cost) == ("DELIVERED", 250)
        assert [row.state for row in again(notice).traces.all()] == ["QUEUED", "SENT", "DELIVERED"]

    def test_of_a_failure_sends_the_next_channel_once(self, gates):
        notice = told()
        deliver_due()
        for _ in range(2):
            hear_report(
                channel="ZALO", reference="ref-1", has_arrived=False, reason="Máy tắt", cost=None, at=NOON
            )
        assert again(notice).last_error == "Máy tắt"
        assert Notice.objects.filter(instead_of=notice).count() == 1

    def test_of_an_unknown_message_is_not_believed(self):
        said = {"channel": "SMS", "has_arrived": True, "reason": "", "cost": None, "at": NOON}
        assert not hear_report(reference="nothing", **said)
        assert not hear_report(reference="", **said)


def test_a_wording_without_the_code_is_not_saved():
    seed_notice_rules()
    controller = factories.staff("CONTROLLER")
    given = {
        "kind": "RESULT", "channel": "SMS", "is_plain": True, "gateway_code": "", "valid_from": date(2026, 3, 1),
        "by": controller, "at": NOON,
    }  # fmt: skip
    with pytest.raises(InvalidInput):
        ruling.put_template(text="Đã có kết quả", **given)
    with pytest.raises(InvalidInput):
        ruling.put_template(text="{ma_so} {ten}", **given)
    assert ruling.put_template(text="Kết quả {ma_so}", **given).pk
