"""Sự cố, as a citizen meets them: plain words, nothing lost, nothing double."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from motcua.core.time import now
from motcua.foundation.citizens.tests.factories import a_citizen, enter
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.tests import samples
from motcua.foundation.ledger.models import Delivery
from motcua.foundation.ledger.outbox import deliver_due
from motcua.integrations.payment_platform.models import SimulatedOrder
from motcua.service.dossiers.models import Message
from motcua.service.dossiers.tests.world import World
from motcua.service.filing.models import Draft, Filing
from motcua.service.filing.operations.answering import Judged, ask_supplement
from motcua.service.payments.gateways import GatewayTrouble
from motcua.service.payments.models import Due, Payment
from motcua.service.payments.tests.world import Money
from motcua.web.portal.tests.test_filing import PERSON, at, begin, filed, walk
from motcua.web.portal.tests.test_paying import a_due, an_office, choose, in_a_demo, key_of, words  # noqa: F401

pytestmark = pytest.mark.django_db


def a_heic() -> bytes:
    from PIL import Image
    from pillow_heif import register_heif_opener

    register_heif_opener()
    target = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(target, "HEIF")
    return target.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
MACRO_EXCEL = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
MEGABYTE = 1024 * 1024
REFUSED = [  # name, content, what is said, what to do
    ("don.docm", lambda: samples.office(samples.MACRO_WORD), "chứa macro", "lưu lại"),
    ("bang.xlsm", lambda: samples.office(MACRO_EXCEL), "chứa macro", "lưu lại"),
    ("don.docx", lambda: samples.office(samples.WORD, **{"word/vbaProject.bin": b"x"}), "chứa macro", "lưu lại"),
    ("don.doc", lambda: OLE, "đời cũ", "lưu lại"),
    ("khoa.pdf", lambda: samples.pdf(password="bi-mat"), "đặt mật khẩu", "bỏ mật khẩu"),
    ("hai-mat.pdf", lambda: samples.pdf() + samples.archive({"a.exe": "x"}), "tệp nén ẩn", "xuất lại"),
    ("trang.pdf", lambda: b"%PDF-1.7\n<html><script>1</script>" + samples.pdf(), "mã lệnh ẩn", "xuất lại"),
    ("la.pdf", lambda: b"<!-- x -->" + samples.pdf(), "phần lạ", "xuất lại"),
]  # fmt: skip
KEPT = [
    ("anh-40MB.jpg", lambda: samples.image() + b"\0" * (40 * MEGABYTE)),
    ("IMG_0001.HEIC", a_heic),
    ("300-trang.pdf", lambda: samples.pdf(300)),
]


def sent(client: Client, address: str, name: str, content: bytes) -> str:
    upload = SimpleUploadedFile(name, content)
    answer = client.post(address, {"file": upload}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return words(answer)


class TestFiles:
    def test_that_nobody_could_open_or_that_run_are_refused_with_what_to_do(
        self, client: Client, online_world: World
    ) -> None:
        draft, paper = begin(client, online_world), online_world.papers[0]
        address = at(draft, f"giay-to/{paper.pk}")
        sent(client, address, "tốt.pdf", samples.pdf())
        for name, content, said, to_do in REFUSED:
            page = sent(client, address, name, content())
            [refusal] = re.findall(r'role="alert">(.*?)</p>', page)
            assert name in refusal, name
            assert said in refusal, name
            assert to_do in refusal, name
        assert [one.name for one in draft.papers.get().documents.all()] == ["tốt.pdf"]

    def test_of_a_good_camera_and_a_thick_book_are_kept(self, client: Client, online_world: World) -> None:
        draft, paper = begin(client, online_world), online_world.papers[0]
        for name, content in KEPT:
            page = sent(client, at(draft, f"giay-to/{paper.pk}"), name, content())
            assert 'role="alert"' not in page, name
            assert name.lower() in page.lower()
        assert Document.objects.count() == 3

    def test_of_a_supplement_are_refused_beside_their_item_and_the_words_stay(
        self, client: Client, online_world: World
    ) -> None:
        filing = filed(client, online_world)
        asked = {part.pk: Judged("MEND", "Chụp lại") for part in filing.parts.all()}
        ask_supplement(filing_id=filing.pk, judged=asked, missing=[], by=online_world.clerk, at=now())
        first, second = filing.parts.order_by("position")[:2]
        given = {
            f"file-{first.pk}": SimpleUploadedFile("khoa.pdf", samples.pdf(password="x")),
            f"file-{second.pk}": SimpleUploadedFile("tot.pdf", samples.pdf(title="tốt")),
            f"words-{first.pk}": "Tôi gửi lại bản chụp.",
        }
        answer = client.post(f"/cong-dan/ho-so/{filing.code}/bo-sung/", given)
        page = words(answer)
        assert answer.status_code == 422
        assert page.count("đặt mật khẩu") == 2  # beside the field, and in the summary
        assert "Tôi gửi lại bản chụp." in page
        assert "tot.pdf" in page

    def test_are_kept_and_filed_while_the_virus_scanner_is_down(
        self, client: Client, online_world: World, settings: Any
    ) -> None:
        settings.CLAMAV = "127.0.0.1:9"
        draft = walk(client, online_world)
        assert client.post(at(draft, "kiem-tra"), {"truth": "1"}).status_code == 302
        while deliver_due():
            pass
        documents = Document.objects.filter(subject_id=Filing.objects.get().dossier_key).select_related(
            "file"
        )
        assert {one.file.scan_state for one in documents} == {"FAILED"}  # said to the officer; tried again
        assert Delivery.objects.filter(state="PENDING", listener__contains="scan").count() == len(documents)
        assert all(one.quarantined_at is None for one in documents)


class TestTheSessionIsOver:
    @pytest.fixture
    def me(self, client: Client, online_world: World) -> Any:
        account = a_citizen(name="Lò Thị Hòa", personal_number=PERSON["personal_number"])
        enter(client, account)
        return account

    def test_what_an_account_has_typed_is_there_after_signing_in_again(
        self, client: Client, online_world: World, me: Any
    ) -> None:
        draft = begin(client, online_world)
        address = at(draft, "nguoi-nop")
        del client.cookies["motcua-cong-dan" if "motcua-cong-dan" in client.cookies else cookie_of(client)]
        gone = client.post(address, {**PERSON, "phone": "0987654321", "street": "12 Trần Phú <b>"})
        assert gone["Location"] == f"/cong-dan/dang-nhap/?next={address.replace('/', '%2F')}"
        assert "12 Trần Phú" not in str(dict(client.session))  # sealed
        enter(client, me)
        page = client.get(address).content.decode()
        assert "Phần bạn vừa nhập vẫn còn" in page
        assert 'name="street" value="12 Trần Phú &lt;b&gt;"' in page
        assert "Phần bạn vừa nhập" not in client.get(address).content.decode()  # once
        assert client.post(address, {**PERSON, "street": "12 Trần Phú"}).status_code == 302

    def test_and_to_nobody_else(self, client: Client, online_world: World, me: Any) -> None:
        draft = begin(client, online_world)
        del client.cookies[cookie_of(client)]
        client.post(at(draft, "nguoi-nop"), {**PERSON, "street": "12 Trần Phú"})
        enter(client, a_citizen(name="Người Khác"))
        answer = client.get(at(draft, "nguoi-nop"))  # no endless way between this page and signing in
        assert answer.status_code == 404
        assert "của tài khoản khác" in words(answer)
        assert "12 Trần Phú" not in words(answer)

    def test_a_question_to_the_office_is_there_after_the_dossier_was_looked_up_again(
        self, client: Client, online_world: World
    ) -> None:
        dossier = online_world.receive(at=now())
        address = f"/cong-dan/ho-so/{dossier.code}/"
        answer = client.post(address, {"text": "Tôi đã viết rất nhiều chữ", "message": ""})
        assert answer["Location"].startswith("/tra-cuu/?ma=")
        client.post(answer["Location"], {"ma": dossier.code, "so": "1234"})
        page = client.get(address).content.decode()
        assert 'name="text" value="Tôi đã viết rất nhiều chữ"' in page
        client.post(address, {"text": "Tôi đã viết rất nhiều chữ", "message": ""})
        assert Message.objects.get().text == "Tôi đã viết rất nhiều chữ"


def cookie_of(client: Client) -> str:
    from motcua.foundation.citizens.sessions import COOKIE

    assert COOKIE in client.cookies
    return COOKIE


class TestTwice:
    def test_an_old_step_posted_again_after_filing_changes_nothing(
        self, client: Client, online_world: World
    ) -> None:
        draft = walk(client, online_world)
        receipt = client.post(at(draft, "kiem-tra"), {"truth": "1"})["Location"]
        filing = Filing.objects.get()
        before = (
            filing.applicant.name,
            filing.return_channel,
            filing.parts.count(),
            Document.objects.count(),
        )
        paper = online_world.papers[0]
        for step, given in (
            ("nguoi-nop", {**PERSON, "name": "Người Khác"}),
            ("noi-nop", {"offering": online_world.offering.pk}),
            ("giay-to", {f"on-paper-{paper.pk}": "1"}),
            (f"giay-to/{paper.pk}", {"file": SimpleUploadedFile("a.pdf", samples.pdf(title="muộn"))}),
            (f"tep/{Document.objects.all()[0].pk}/bo", {}),
            ("nhan-ket-qua", {"return_channel": "POST", "return_address": "Nơi khác"}),
            ("kiem-tra", {"truth": "1"}),
        ):
            assert client.post(at(draft, step), given)["Location"] == receipt, step
        filing.refresh_from_db()
        assert before == (
            filing.applicant.name, filing.return_channel, filing.parts.count(), Document.objects.count(),
        )  # fmt: skip
        assert Draft.objects.get().owner["name"] == "Lò Thị Hòa"

    def test_a_draft_deleted_in_another_tab_is_said_to_be_gone(
        self, client: Client, online_world: World
    ) -> None:
        draft = walk(client, online_world)
        client.post(at(draft, "xoa"))
        answer = client.post(at(draft, "kiem-tra"), {"truth": "1"})
        assert answer.status_code == 404
        assert "Không còn bản nháp này" in words(answer)
        assert not Filing.objects.exists()

    def test_paid_in_one_tab_the_other_shows_the_receipt(self, client: Client, in_a_demo: None) -> None:  # noqa: F811
        money = an_office()
        due = a_due(money)
        choose(client, due, money.channel)
        choose(client, due, money.second)  # the second tab chooses another way
        assert Payment.objects.filter(due=due).count() == SimulatedOrder.objects.count() == 1


def trouble(why: str) -> Callable[..., Any]:
    def post(*_: Any, **__: Any) -> Any:
        raise GatewayTrouble(why)

    return post


@pytest.mark.usefixtures("in_a_demo")
class TestThePaymentPlatform:
    WAYS = ("Cổng không trả lời (ConnectTimeoutError).", "Cổng trả lời không phải JSON (text/html).",
            "Cổng trả lời mã 502.", "Cổng không trả lời (too-slow).")  # fmt: skip

    def real(self, money: Money, monkeypatch: pytest.MonkeyPatch) -> None:
        """A channel that speaks with a platform outside, whose key is known."""
        monkeypatch.setenv("MOTCUA_PAY_DT", "SECRET")
        channel = money.channel
        channel.details, channel.secret_name = (
            {"endpoint": "https://cong.example/", "ma_doi_tac": "DT01"},
            "DT",
        )
        channel.save()

    def test_in_trouble_before_anybody_paid_says_that_nothing_was_taken(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        money = an_office()
        self.real(money, monkeypatch)
        for why in self.WAYS:
            monkeypatch.setattr("motcua.integrations.payment_platform.adapters.post", trouble(why))
            due = a_due(money)
            answer = client.post(
                f"/thanh-toan/{due.pk}/", {"khoa": key_of(due.pk), "channel": str(money.channel.pk)}
            )
            page = words(answer)
            assert answer.status_code == 422
            assert "chưa có khoản tiền nào bị trừ" in page
            assert "nộp tiền mặt" in page  # another way is there at once
            assert why not in page
            assert due.payments.get().state == "FAILED"

    def test_in_trouble_after_the_money_went_never_says_failed(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        money = an_office()
        due = a_due(money)
        choose(client, due, money.channel)
        address = f"/thanh-toan/{due.pk}/ve/?khoa={key_of(due.pk)}"
        self.real(money, monkeypatch)
        for why in self.WAYS:
            monkeypatch.setattr("motcua.integrations.payment_platform.adapters.post", trouble(why))
            client.get(address)
            deliver_due()
            page = words(client.get(address, follow=True))
            for said in ("Đang chờ ngân hàng xác nhận", "Không cần trả lại", "tự cập nhật"):
                assert said in page
            assert not re.search("thất bại|không thành công|lỗi", page.lower())
        assert Due.objects.get(pk=due.pk).state == "OPEN"
        assert Payment.objects.get(due=due).state == "PENDING"
