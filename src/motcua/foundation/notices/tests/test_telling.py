"""Notices: written with the act, sent after the commit, honest about what did not arrive."""

from __future__ import annotations

from datetime import datetime
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail

from motcua.core.ids import new_id
from motcua.core.time import VIETNAM
from motcua.foundation.identity.tests import factories
from motcua.foundation.ledger.models import Delivery
from motcua.foundation.ledger.outbox import MOST_ATTEMPTS, deliver_due
from motcua.foundation.notices import channels
from motcua.foundation.notices.models import Notice
from motcua.foundation.notices.operations.telling import Addressee, CodeMissing, NotToResend, resend, tell

AT = datetime(2026, 3, 6, 10, tzinfo=VIETNAM)
CODE = "H31.2-260302-0001"
WITH_MAIL = Addressee("Nguyễn Thị Ánh", "anh@vidu.vn", "0912345678")

pytestmark = pytest.mark.django_db


def told(to: Addressee = WITH_MAIL) -> dict[str, Notice]:
    notices = tell(
        subject_id=new_id(), code=CODE, kind="RESULT", to=to, title=f"Hồ sơ {CODE}", text=f"Hồ sơ {CODE} đã có kết quả.",
        by=None, at=AT,
    )  # fmt: skip
    return {notice.channel: notice for notice in notices}


def deliver_again() -> None:
    Delivery.objects.filter(state=Delivery.State.PENDING).update(next_at=AT)
    deliver_due()


class TestTelling:
    def test_names_the_matter_always(self):
        with pytest.raises(CodeMissing):
            tell(
                subject_id=new_id(), code=CODE, kind="RESULT", to=WITH_MAIL, title="Kết quả", text="Đã có kết quả.",
                by=None, at=AT,
            )  # fmt: skip

    def test_stands_on_the_tracking_page_and_goes_by_mail(self):
        notices = told()
        assert {channel: one.state for channel, one in notices.items()} == {
            "PORTAL": "SENT",
            "EMAIL": "QUEUED",
        }

    def test_says_that_sms_is_not_connected(self):
        assert told(Addressee("Ánh", phone="0912345678"))["SMS"].state == "UNCONNECTED"

    def test_without_an_address_it_is_on_the_page_alone(self):
        assert set(told(Addressee("Ánh"))) == {"PORTAL"}

    def test_without_a_mail_host_mail_is_not_connected(self, settings):
        settings.MAIL_IS_CONNECTED = False
        assert told()["EMAIL"].state == "UNCONNECTED"

    def test_shows_addresses_masked(self):
        assert told()["EMAIL"].masked_address == "an…@vidu.vn"
        assert told(Addressee("Ánh", phone="0912345678"))["SMS"].masked_address == "…5678"


class TestDelivery:
    def test_sends_once(self):
        notice = told()["EMAIL"]
        deliver_due()
        deliver_again()
        notice.refresh_from_db()
        assert (notice.state, notice.attempts) == ("SENT", 1)
        assert [(letter.to, CODE in letter.body) for letter in mail.outbox] == [(["anh@vidu.vn"], True)]

    def test_tries_again_when_the_server_fails_and_says_when_it_gives_up(self, monkeypatch):
        notice = told()["EMAIL"]

        def fail(_self: object, _notice: Notice) -> None:
            raise SMTPServerDisconnected("gone")

        monkeypatch.setattr(channels.Mail, "send", fail)
        deliver_again()
        notice.refresh_from_db()
        assert (notice.state, notice.attempts) == ("QUEUED", 1)
        assert "gone" in notice.last_error
        for _ in range(MOST_ATTEMPTS):
            deliver_again()
        notice.refresh_from_db()
        assert (notice.state, notice.attempts) == ("FAILED", MOST_ATTEMPTS)
        assert Delivery.objects.get().state == Delivery.State.DEAD

    def test_does_not_try_again_what_the_address_refuses(self, monkeypatch):
        notice = told()["EMAIL"]

        def refuse(_message: object) -> None:
            raise SMTPRecipientsRefused({})

        monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
        deliver_again()
        notice.refresh_from_db()
        assert (notice.state, notice.last_error) == ("FAILED", "Máy chủ thư không nhận địa chỉ này.")
        assert Delivery.objects.get().state == Delivery.State.DONE


class TestResending:
    def test_hands_it_to_the_channel_again(self, monkeypatch):
        notice = told()["EMAIL"]
        Notice.objects.filter(pk=notice.pk).update(state="FAILED")
        resend(notice_id=notice.pk, by=factories.a_user(), at=AT)
        deliver_due()
        deliver_again()
        notice.refresh_from_db()
        assert notice.state == "SENT"
        assert mail.outbox

    def test_what_waits_is_not_sent_twice(self):
        with pytest.raises(NotToResend):
            resend(notice_id=told()["EMAIL"].pk, by=factories.a_user(), at=AT)

    def test_an_unconnected_channel_says_so(self):
        notice = told(Addressee("Ánh", phone="0912345678"))["SMS"]
        with pytest.raises(NotToResend, match="chưa kết nối"):
            resend(notice_id=notice.pk, by=factories.a_user(), at=AT)

    def test_a_channel_that_was_connected_since_takes_what_waited(self, monkeypatch):
        notice = told(Addressee("Ánh", phone="0912345678"))["SMS"]
        monkeypatch.setitem(
            channels._gateways, "SMS", type("Sms", (), {"is_connected": True, "send": lambda *_: None})()
        )
        resend(notice_id=notice.pk, by=factories.a_user(), at=AT)
        deliver_again()
        notice.refresh_from_db()
        assert notice.state == "SENT"
