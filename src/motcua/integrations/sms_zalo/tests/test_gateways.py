"""The gateway contract: what is sent, what each answer means, reports heard once, and the phone of the demo."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest
import urllib3

from motcua.core.ids import new_id
from motcua.core.time import now
from motcua.foundation.ledger.outbox import deliver_due
from motcua.foundation.notices.channels import Undeliverable
from motcua.foundation.notices.models import Notice
from motcua.foundation.notices.operations.telling import Addressee, tell
from motcua.integrations import outward
from motcua.integrations.sms_zalo import adapters
from motcua.integrations.sms_zalo.contract import BadContract, contract_from, international
from motcua.integrations.sms_zalo.simulator import phone

GIVEN = {
    "endpoint": "https://sms.vidu.vn/send",
    "fields": {"reference": "RequestId", "phone": "To", "text": "Content"},
    "fixed": {"From": "MOTCUA"},
    "code_field": "CodeResult",
    "reference_field": "SmsId",
    "accepted": ["100"],
    "refused": ["99"],
    "report": {"reference": "SmsId", "status": "Status", "reason": "Why", "cost": "Price"},
    "arrived": ["1"],
    "failed": ["2"],
}


class Answer:
    """What the network gives back."""

    def __init__(self, body: bytes, status: int = 200) -> None:
        self.body, self.status, self.is_read = body, status, False

    headers: ClassVar[dict[str, str]] = {}

    def read1(self, size: int) -> bytes:
        self.is_read = not self.is_read  # whole at once, then its end
        return self.body if self.is_read else b""

    def release_conn(self) -> None: ...

    def close(self) -> None: ...


@pytest.fixture
def gateway(settings: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The SMS gateway as data, with a network that answers what `answer` holds."""
    settings.MESSAGE_GATEWAYS = {"SMS": GIVEN}
    monkeypatch.setenv("MOTCUA_SMS_SECRET", "mat-khau")
    monkeypatch.setenv("MOTCUA_SMS_REPORT_SECRET", "loi-bao")
    heard: dict[str, Any] = {"answer": Answer(b'{"CodeResult": "100", "SmsId": "T1"}')}

    def request(_method: str, address: str, **how: Any) -> Answer:
        heard.update(address=address, body=json.loads(how["body"]), headers=how["headers"])
        if isinstance(heard["answer"], Exception):
            raise heard["answer"]
        return heard["answer"]

    monkeypatch.setattr(outward.POOL, "request", request)
    return heard


def a_notice() -> Notice:
    return Notice(channel="SMS", address="0912 345 678", text="Ho so H1", code="H1", title="Hồ sơ H1")


class TestContract:
    def test_speaks_the_providers_words(self, gateway):
        notice = a_notice()
        adapters.Messages("SMS").send(notice)
        assert gateway["body"] == {
            "From": "MOTCUA", "RequestId": str(notice.pk), "To": "84912345678", "Content": "Ho so H1",
        }  # fmt: skip
        assert gateway["headers"]["Authorization"] == "Bearer mat-khau"
        assert notice.reference == "T1"

    @pytest.mark.parametrize(
        "answer",
        [
            Answer(b"<html>502</html>"),
            Answer(b"[]"),
            Answer(b"{}"),
            Answer(b'{"CodeResult": "7"}'),
            Answer(b'{"CodeResult": "100"}', status=503),
            urllib3.exceptions.ReadTimeoutError(None, "", "slow"),  # type: ignore[arg-type]
        ],
    )
    def test_trouble_is_tried_again(self, gateway, answer):
        gateway["answer"] = answer
        with pytest.raises(adapters.Trouble):
            adapters.Messages("SMS").send(a_notice())

    def test_a_refused_number_is_not(self, gateway):
        gateway["answer"] = Answer(b'{"CodeResult": 99}')
        with pytest.raises(Undeliverable):
            adapters.Messages("SMS").send(a_notice())

    def test_without_a_secret_it_is_not_connected(self, gateway, monkeypatch):
        assert adapters.Messages("SMS").is_connected
        monkeypatch.delenv("MOTCUA_SMS_SECRET")
        assert not adapters.Messages("SMS").is_connected
        assert not adapters.Messages("ZALO").is_connected

    def test_a_wrong_setting_says_what(self):
        with pytest.raises(BadContract, match="endpont"):
            contract_from({"endpont": "x"})
        assert international("+84 912.345.678") == "84912345678"


@pytest.mark.django_db
class TestReport:
    def post(self, client: Any, secret: str = "loi-bao", **body: Any) -> int:  # noqa: S107
        return client.post(
            "/api/tin-nhan/sms/", body, content_type="application/json", headers={"Authorization": f"Bearer {secret}"}
        ).status_code  # fmt: skip

    def test_is_believed_with_the_secret_alone_and_heard_once(self, client, gateway):
        notice = Notice.objects.create(
            subject_id=new_id(), code="H1", kind="RESULT", channel="SMS", recipient="Ánh", address="0912345678",
            title="H1", text="H1", state="SENT", sent_at=now(), queued_at=now(), reference="T1",
        )  # fmt: skip
        assert self.post(client, "khac", SmsId="T1", Status="1") == 403
        assert self.post(client, SmsId="T1", Status="dang-gui") == 200
        assert self.post(client, SmsId="T1", Status=1, Price=250) == 200
        assert self.post(client, SmsId="T1", Status="2", Why="tắt máy") == 200
        assert self.post(client, SmsId="T2", Status="1") == 404
        notice.refresh_from_db()
        assert (notice.state, notice.cost, notice.traces.count()) == ("DELIVERED", 250, 1)


@pytest.mark.django_db
class TestPhone:
    @pytest.fixture(autouse=True)
    def _demo(self, settings, tmp_path):
        settings.SIMULATORS, settings.VAR = True, tmp_path

    def tell(self) -> Notice:
        return tell(
            subject_id=new_id(), code="H1-0001", kind="RESULT", to=Addressee("Ánh", phone="0912345678"),
            title="Hồ sơ H1-0001", text="Hồ sơ H1-0001 đã có kết quả.", by=None, at=now(), is_tracked=False,
        )[0]  # fmt: skip

    def test_takes_nothing_until_it_is_switched_on_and_then_shows_it(self, client):
        assert self.tell().state == "UNCONNECTED"
        assert client.post("/mo-phong/dien-thoai/", {"mode": "ARRIVES"}).status_code == 302
        notice = self.tell()
        deliver_due()
        notice.refresh_from_db()
        assert (notice.channel, notice.state) == ("ZALO", "DELIVERED")
        assert "Hồ sơ H1-0001 đã có kết quả." in client.get("/mo-phong/dien-thoai/").content.decode()

    def test_a_refusing_network_makes_it_fail(self):
        phone.switch("REFUSES")
        notice = self.tell()
        deliver_due()
        notice.refresh_from_db()
        assert notice.state == "FAILED"

    def test_is_absent_elsewhere(self, client, settings):
        settings.SIMULATORS = False
        assert client.get("/mo-phong/dien-thoai/").status_code == 404
