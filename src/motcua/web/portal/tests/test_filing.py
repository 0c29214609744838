"""Filing from a phone: every step saved, nothing lost, nothing twice; and the way back to it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from motcua.core.money import vnd
from motcua.core.time import now
from motcua.foundation.citizens.tests.factories import a_citizen, enter
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.tests import samples
from motcua.foundation.identity.models import Applicant
from motcua.foundation.identity.operations.staffing import appoint
from motcua.foundation.identity.tests import factories
from motcua.foundation.ledger.models import Line
from motcua.foundation.notices.models import Notice
from motcua.foundation.org.models import Post
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.tests.world import BEGINNING, World, build_world
from motcua.service.filing.models import Draft, Filing, FilingRule
from motcua.service.filing.operations.answering import Judged, accept, ask_supplement, refuse
from motcua.service.filing.posting import order_chosen
from motcua.service.forms.definition import Definition, Field, Group, Widget
from motcua.service.forms.definition import Page as FormPage
from motcua.service.forms.tests.sample import published
from motcua.service.holdings.models import Consent, HeldPaper, PaperUse
from motcua.service.holdings.operations.keeping import match, set_paper_type
from motcua.service.holdings.tests.conftest import kept
from motcua.service.payments.keys import path_of
from motcua.service.payments.models import Due, Refund, RefundAccount
from motcua.service.payments.operations.paying import take_cash
from motcua.service.payments.operations.setting import set_fee_rule, set_payer_group
from motcua.service.payments.states import DueKind
from motcua.service.postal.models import Shipment
from motcua.service.postal.operations.ordering import cancel
from motcua.service.postal.tests.world import carrier
from motcua.service.procedures.models import PortalMode

pytestmark = pytest.mark.django_db
CODE = "2.000635"
PERSON = {
    "acting": "SELF",
    "kind": "PERSON",
    "name": "Lò Thị Hòa",
    "personal_number": "014190001237",
    "phone": "0987654321",
}
NAUGHTY = [
    "\u202e\u200bđảo\u200f",
    "😀👩‍👩‍👧 gia đình",
    "'; DROP TABLE filing_draft; --",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "{{ 7*7 }} {% raw %} ${7*7} #{7*7}",
    '=HYPERLINK("http://x","y")',
    "z̷̛̙̲̣̻͎ḁ̸l̸g̶o",
    "\u0001\u0007\u001b[31m\u007f",
    "ＦＵＬＬ ＷＩＤＴＨ ﷽",
    "\ud83d",  # half of a pair
    "../../etc/passwd\r\nSet-Cookie: a=b",
    "x" * 20_000,
    "   ",
    "NaN", "null", "-1", "1e309",
]  # fmt: skip


def begin(client: Client, world: World, **more: str) -> Draft:
    key = uuid4()
    answer = client.post(f"/nop-ho-so/{CODE}/", {"draft": str(key), "offering": world.offering.pk, **more})
    assert answer.status_code == 302, answer.content.decode()
    return Draft.objects.get(pk=key)


def at(draft: Draft, step: str) -> str:
    return f"/nop-ho-so/{CODE}/{draft.pk}/{step}/"


def a_file(text: str = "giấy", name: str = "ảnh chụp.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, samples.pdf(1, title=text), "application/pdf")


def walk(client: Client, world: World) -> Draft:
    """All steps but the last."""
    draft = begin(client, world)
    assert client.post(at(draft, "nguoi-nop"), PERSON).status_code == 302
    for paper in world.papers[:2]:
        client.post(at(draft, f"giay-to/{paper.pk}"), {"file": a_file(f"{draft.pk}{paper.pk}")})
    answer = client.post(at(draft, "giay-to"), {f"on-paper-{world.papers[2].pk}": "1"})
    assert answer.status_code == 302, answer.content.decode()
    assert client.post(at(draft, "nhan-ket-qua"), {"return_channel": "COUNTER"}).status_code == 302
    return draft


def filed(client: Client, world: World) -> Filing:
    client.post(at(walk(client, world), "kiem-tra"), {"truth": "1"})
    return Filing.objects.latest("submitted_at")


class TestTheWay:
    def test_goes_from_the_first_page_to_the_receipt(self, client: Client, online_world: World) -> None:
        page = client.get(f"/nop-ho-so/{CODE}/").content.decode()
        assert "Nộp tại" in page or "Nơi nộp" in page
        draft = walk(client, online_world)
        check = client.get(at(draft, "kiem-tra")).content.decode()
        assert "Lò Thị Hòa" in check
        assert "bản giấy sau" in check
        assert Draft.objects.get().offering.agency.name in check
        assert check.count("Nộp hồ sơ</span>") == 1
        answer = client.post(at(draft, "kiem-tra"), {"truth": "1"}, follow=True)
        page = answer.content.decode()
        filing = Filing.objects.get()
        for words in (filing.code, "Tiếp theo là gì", "Trả lời bạn trước", "Bạn còn phải nộp bản giấy"):
            assert words in page
        pdf = client.get(f"/nop-ho-so/da-nop/{filing.pk}/bien-nhan.pdf")
        assert pdf.content.startswith(b"%PDF")
        assert client.get("/cong-dan/ho-so/").content.decode().count(filing.code) >= 1

    def test_is_not_filed_from_a_browser_whose_account_took_it_and_left(
        self, client: Client, online_world: World
    ) -> None:
        """The browser still knows the draft; whose it is, the last press asks with the draft locked."""
        draft = walk(client, online_world)
        Draft.objects.filter(pk=draft.pk).update(account_id=uuid4())
        for pressed in ({"truth": "1"}, {}):
            answer = client.post(at(draft, "kiem-tra"), pressed)
            assert (answer.status_code, "dang-nhap" in answer["Location"]) == (302, True)
        assert not Filing.objects.exists()

    def test_pressed_twice_is_one_filing_and_the_same_page(self, client: Client, online_world: World) -> None:
        draft = walk(client, online_world)
        first = client.post(at(draft, "kiem-tra"), {"truth": "1"})
        second = client.post(at(draft, "kiem-tra"), {"truth": "1"})
        assert (first["Location"], first.status_code) == (second["Location"], second.status_code)
        assert Filing.objects.count() == 1
        back = client.get(at(draft, "nguoi-nop"))
        assert back["Location"] == first["Location"]

    def test_asks_for_the_word_and_says_what_is_lacking(self, client: Client, online_world: World) -> None:
        draft = begin(client, online_world)
        page = client.get(at(draft, "kiem-tra")).content.decode()
        assert "chỗ cần làm trước khi nộp" in page
        done = page.split('<ol class="steps">')[1].split("</ol>")[0].split("<li")
        assert [("is-done" in step) for step in done if "Nơi nộp" in step or "Giấy tờ" in step] == [
            True,
            False,
        ]
        refused = client.post(at(draft, "kiem-tra"), {})
        assert refused.status_code == 422
        assert "Hãy xác nhận" in refused.content.decode()
        refused = client.post(at(draft, "kiem-tra"), {"truth": "1"})
        assert refused.status_code == 422
        assert not Filing.objects.exists()

    def test_what_was_typed_wrong_is_there_when_one_comes_back(
        self, client: Client, online_world: World
    ) -> None:
        draft = begin(client, online_world)
        refused = client.post(at(draft, "nguoi-nop"), {**PERSON, "personal_number": "123"})
        assert refused.status_code == 422
        assert "đúng 12 chữ số" in refused.content.decode()
        assert 'value="123"' in client.get(at(draft, "nguoi-nop")).content.decode()

    def test_finds_the_commune_without_marks(self, client: Client, online_world: World) -> None:
        draft = begin(client, online_world)
        given = {**PERSON, "province_code": "01", "ward": "hoan kiem"}
        assert client.post(at(draft, "nguoi-nop"), given).status_code == 302
        draft.refresh_from_db()
        assert draft.owner["ward_code"]
        given["ward"] = "khong co noi nay"
        assert client.post(at(draft, "nguoi-nop"), given).status_code == 422

    def test_of_another_way_says_where_to_go(self, client: Client, small_store: None) -> None:
        build_world()
        page = client.get(f"/nop-ho-so/{CODE}/").content.decode()
        assert "chưa nộp trực tuyến được" in page
        assert client.get("/nop-ho-so/9.9/").status_code == 404

    def test_of_the_national_portal_leads_there_and_begins_nothing_here(
        self, client: Client, online_world: World
    ) -> None:
        PortalMode.objects.create(
            procedure=online_world.procedure, mode="MIRROR", address="https://dichvucong.example/x",
            valid_from=date(2026, 1, 1),
        )  # fmt: skip
        page = client.get(f"/nop-ho-so/{CODE}/").content.decode()
        assert 'href="https://dichvucong.example/x"' in page
        refused = client.post(
            f"/nop-ho-so/{CODE}/", {"draft": str(uuid4()), "offering": online_world.offering.pk}
        )
        assert refused.status_code == 422
        assert not Draft.objects.exists()


FORM = Definition(
    title="Tờ khai cấp bản sao",
    pages=(
        FormPage(
            key="de-nghi",
            title="Đề nghị",
            groups=(Group(key="g", fields=(Field(name="copies", label="Số bản", widget=Widget.NUMBER),)),),
        ),
    ),
)


class TestTheForm:
    @pytest.fixture
    def draft(self, client: Client, online_world: World) -> Draft:
        second = factories.a_user(full_name="Lê Thị Xem Lại")
        post = Post.objects.filter(memberships__user=online_world.admin).first()
        assert post
        appoint(second, post=post, valid_from=factories.START, by=None, at=factories.AT)
        published(online_world, second, FORM)
        return begin(client, online_world)

    def test_stands_between_person_and_papers(self, client: Client, draft: Draft) -> None:
        answer = client.post(at(draft, "nguoi-nop"), PERSON)
        assert answer["Location"] == at(draft, "to-khai")
        page = client.get(answer["Location"]).content.decode()
        for words in ("Số bản", "Các bước nộp hồ sơ", draft.shown_code, at(draft, "nguoi-nop")):
            assert words in page
        assert client.post(at(draft, "to-khai/de-nghi"), {"copies": "2"})["Location"] == at(draft, "giay-to")
        page = client.get(at(draft, "giay-to")).content.decode()
        assert "Đã khai bằng tờ khai điện tử" in page

    def test_is_lacking_until_it_is_filled_in(self, client: Client, draft: Draft) -> None:
        client.post(at(draft, "nguoi-nop"), PERSON)
        page = client.get(at(draft, "kiem-tra")).content.decode()
        assert "Chưa khai tờ khai điện tử" in page
        client.post(at(draft, "to-khai/de-nghi"), {"copies": "2"})
        page = client.get(at(draft, "kiem-tra")).content.decode()
        assert "Chưa khai tờ khai điện tử" not in page
        assert '<dd class="break-anywhere">2</dd>' in page

    def test_of_another_is_shut(self, client: Client, draft: Draft) -> None:
        assert Client().get(at(draft, "to-khai")).status_code == 403
        assert Client().post(at(draft, "to-khai/de-nghi"), {"copies": "2"}).status_code == 403


class TestTheStore:
    """Giấy tờ đã có trong kho của người đăng nhập."""

    @pytest.fixture
    def held(self, online_world: World) -> HeldPaper:
        kind = set_paper_type(
            code="CT", name="Xác nhận cư trú", validity="FOREVER", valid_from=date(2025, 7, 1), by_id=None,
            at=BEGINNING,
        )  # fmt: skip
        match(kind, online_world.papers[2].name)
        return kept(online_world.applicant, kind, title="Xác nhận cư trú", number="77/XN")

    @pytest.fixture
    def me(self, client: Client, online_world: World) -> Client:
        person = online_world.applicant
        enter(client, a_citizen(name=person.name, personal_number=person.personal_number))
        return client

    def test_offers_what_is_held_and_uses_it_with_consent(
        self, me: Client, online_world: World, held: HeldPaper
    ) -> None:
        draft, third = begin(me, online_world), online_world.papers[2]
        me.post(at(draft, "nguoi-nop"), {"acting": "SELF", "phone": "0912345678"})
        page = me.get(at(draft, "giay-to")).content.decode()
        assert f'name="held-{third.pk}" value="1" checked' in page
        assert "77/XN" in page
        chosen = {f"held-{third.pk}": "1", **{f"on-paper-{one.pk}": "1" for one in online_world.papers[:2]}}
        refused = me.post(at(draft, "giay-to"), chosen)
        assert refused.status_code == 422
        assert "Hãy đánh dấu đồng ý" in refused.content.decode()
        assert me.post(at(draft, "giay-to"), {**chosen, "consent": "1"}).status_code == 302
        me.post(at(draft, "nhan-ket-qua"), {"return_channel": "COUNTER"})
        assert "dùng bản trong kho" in me.get(at(draft, "kiem-tra")).content.decode()
        assert not PaperUse.objects.used().exists()
        assert me.post(at(draft, "kiem-tra"), {"truth": "1"}).status_code == 302
        filing = Filing.objects.get()
        use = PaperUse.objects.used().get()
        assert (use.held_id, use.subject_id, use.paper_id) == (held.pk, filing.dossier_key, third.pk)
        accept(
            filing_id=filing.pk,
            by=online_world.clerk,
            at=now(),
            came_on_paper=list(filing.parts.values_list("pk", flat=True)),
        )
        filing.refresh_from_db()
        assert filing.dossier.parts.get(paper=third).status == "HELD"

    def test_is_not_used_when_it_is_not_chosen_and_forgotten_with_the_draft(
        self, me: Client, online_world: World, held: HeldPaper
    ) -> None:
        draft, third = begin(me, online_world), online_world.papers[2]
        me.post(at(draft, "giay-to"), {f"held-{third.pk}": "1", "consent": "1"})
        assert Consent.objects.get().withdrawn_at is None
        me.post(at(draft, "xoa"))
        assert Consent.objects.get().withdrawn_at is not None

    def test_shows_a_guest_nothing(self, client: Client, online_world: World, held: HeldPaper) -> None:
        draft = begin(client, online_world)
        page = client.get(at(draft, "giay-to")).content.decode()
        assert "77/XN" not in page
        assert "giấy tờ Nhà nước đã giữ của bạn" in page
        client.post(at(draft, "giay-to"), {f"held-{online_world.papers[2].pk}": "1", "consent": "1"})
        assert not draft.papers.filter(way="HELD").exists()


class TestThePost:
    def test_is_chosen_by_its_price_before_filing_and_ordered_by_itself(
        self, client: Client, online_world: World
    ) -> None:
        """The carrier's price for the address first; with the result the parcel is there, once."""
        post, day = carrier(), date(2020, 1, 1)
        online_world.centre.units.create(
            name="TT", code="TT", phone="02203123456", address="Số 1 Lê Lợi", valid_from=day
        )
        draft = walk(client, online_world)
        assert "Xem cước bưu tá đến lấy" in client.get(at(draft, "giay-to")).content.decode()
        choice = {"return_channel": "POST", "return_address": "Thôn Đông"}
        here = at(draft, "nhan-ket-qua/buu-chinh")
        assert client.post(at(draft, "nhan-ket-qua"), choice)["Location"] == here
        typed = {"return_address": "Thôn Đông", "province_code": "31", "ward": "", "carrier": str(post.pk)}
        assert "Hãy chọn tỉnh" in client.post(here, {**typed, "province_code": ""}).content.decode()
        priced = client.post(here, typed).content.decode()
        price = re.search(rf'name="seen-{post.pk}" value="(\d+)"', priced)
        assert price
        draft.refresh_from_db()
        assert draft.carrier is None  # nothing is kept before its price was seen
        assert client.post(here, {**typed, f"seen-{post.pk}": price[1]})["Location"] == at(draft, "kiem-tra")
        last = client.get(at(draft, "kiem-tra")).content.decode()
        assert f"{post.name}, cước {vnd(int(price[1]))}" in last
        client.post(at(draft, "kiem-tra"), {"truth": "1"})
        filing = Filing.objects.get()
        assert (filing.carrier, filing.postage, filing.return_province) == (post, int(price[1]), "31")
        paper = filing.parts.get(is_on_paper=True)
        dossier = accept(filing_id=filing.pk, by=online_world.clerk, at=now(), came_on_paper=[paper.pk])
        assert order_chosen(now()) == 0  # no result yet
        Dossier.objects.filter(pk=dossier.pk).update(state="RESULT_READY", finished_at=now())
        Filing.objects.update(postage=1)
        assert order_chosen(now()) == 0  # dearer than was told: the counter asks
        Filing.objects.update(postage=int(price[1]))
        assert (order_chosen(now()), order_chosen(now())) == (1, 0)
        parcel = Shipment.objects.get()
        assert (parcel.direction, parcel.ordered_by, parcel.carrier) == ("RETURN", None, post)
        assert (parcel.receiver.address, parcel.receiver.province_code) == ("Thôn Đông", "31")
        cancel(shipment_id=parcel.pk, reason="Người dân đến lấy", by=online_world.clerk, at=now())
        assert order_chosen(now()) == 0  # what was cancelled is the counter's

    def test_fetches_papers_for_a_price_that_was_shown_and_is_ordered_once(
        self, client: Client, online_world: World
    ) -> None:
        post = carrier()
        online_world.centre.units.create(
            name="Trung tâm",
            code="TT",
            phone="02203123456",
            address="Số 1 Lê Lợi",
            valid_from=date(2020, 1, 1),
        )
        filing = filed(client, online_world)
        paper = filing.parts.get(is_on_paper=True)
        dossier = accept(filing_id=filing.pk, by=online_world.clerk, at=now(), came_on_paper=[paper.pk])
        client.get(f"/cong-dan/ho-so/{filing.code}/", follow=True)
        address = f"/cong-dan/ho-so/{dossier.code}/buu-chinh/"
        assert "Nhờ bưu chính" in client.get(f"/cong-dan/ho-so/{dossier.code}/").content.decode()
        form = {
            "key": str(uuid4()), "direction": "COLLECT", "carrier": str(post.pk), "name": "Nguyễn Thị Ánh",
            "phone": "0912345678", "address": "Thôn Đông", "province_code": "31", "ward": "",
        }  # fmt: skip
        assert "số điện thoại để bưu tá gọi" in client.post(address, {**form, "phone": ""}).content.decode()
        priced = client.post(address, form).content.decode()
        price = re.search(r'name="seen_price" value="(\d+)"', priced)[1]
        assert not Shipment.objects.exists()
        for _ in range(2):
            page = client.post(address, {**form, "seen_price": price}, follow=True).content.decode()
        parcel = Shipment.objects.get()
        assert (parcel.ordered_by, parcel.price) == (None, int(price))
        assert "Bạn đã đặt bưu chính" in page
        assert Client().post(address, form).status_code == 302  # somebody else is asked whose it is


class TestWhoPaysLess:
    """The question comes before the sum; what was let off and may not be becomes a due with its reason."""

    @pytest.fixture
    def fee(self, online_world: World) -> None:
        set_payer_group(
            code="HO_NGHEO", name="Hộ nghèo", proof="Giấy xác nhận hộ nghèo", valid_from=date(2026, 1, 1),
            by=None, at=BEGINNING,
        )  # fmt: skip
        set_fee_rule(
            offering=online_world.offering, kind=DueKind.CHARGE, name="Lệ phí cấp bản sao", amount=8000,
            basis="Nghị quyết thử", valid_from=date(2026, 1, 1), at=BEGINNING, exemptions=[("HO_NGHEO", 75)],
        )  # fmt: skip

    def test_is_asked_judged_and_owed(self, client: Client, online_world: World, fee: None) -> None:
        clerk = Client()
        clerk.force_login(online_world.clerk, backend="motcua.foundation.identity.backends.StaffBackend")
        draft = walk(client, online_world)
        page = client.get(at(draft, "kiem-tra")).content.decode()
        assert "Hãy cho biết bạn có thuộc diện miễn, giảm phí không" in page
        page = client.get(at(draft, "mien-giam")).content.decode()
        assert "Nộp 2.000 đồng, kèm giấy xác nhận hộ nghèo" in page
        page = client.post(at(draft, "mien-giam"), {"group": "HO_NGHEO"}).content.decode()
        assert "Hãy tải lên Giấy xác nhận hộ nghèo" in page
        photo = SimpleUploadedFile("giấy.jpg", samples.image(), content_type="image/jpeg")
        client.post(at(draft, "mien-giam"), {"group": "HO_NGHEO", "proof": photo})
        assert "2.000 đồng" in client.get(at(draft, "kiem-tra")).content.decode()
        client.post(at(draft, "kiem-tra"), {"truth": "1"})
        filing = Filing.objects.get()
        assert filing.parts.get(paper=None).documents.count() == 1
        assert Due.objects.get().amount == 2000
        take_cash(due_id=Due.objects.get().pk, by=online_world.clerk, at=now())
        address = reverse("counter:filing", args=[filing.pk])
        assert "nộp thêm 6.000 đồng" in clerk.get(address).content.decode()
        assert "vì sao không thuộc diện" in clerk.post(f"{address}mien-giam/", {}).content.decode()
        clerk.post(f"{address}mien-giam/", {"group_reason": "Giấy đã hết hạn"})
        lacking = Due.objects.open().get()
        assert (lacking.amount, lacking.reason) == (6000, "Không thuộc diện Hộ nghèo: Giấy đã hết hạn")
        page = client.get(f"/cong-dan/ho-so/{filing.code}/").content.decode()
        assert "Bạn cần nộp 6.000 đồng" in page
        assert "Giấy đã hết hạn" in page


class TestWhatIsPaid:
    @pytest.fixture
    def fee(self, online_world: World) -> None:
        set_fee_rule(
            offering=online_world.offering, kind=DueKind.CHARGE, name="Lệ phí cấp bản sao", amount=8000,
            online_percent_off=50, basis="Nghị quyết thử", valid_from=date(2026, 1, 1), at=BEGINNING,
        )  # fmt: skip

    def test_is_said_before_and_owed_after(self, client: Client, online_world: World, fee: None) -> None:
        assert "4.000 đồng" in client.get(f"/nop-ho-so/{CODE}/").content.decode()
        draft = walk(client, online_world)
        assert "4.000 đồng" in client.get(at(draft, "kiem-tra")).content.decode()
        assert not Due.objects.exists()
        page = client.post(at(draft, "kiem-tra"), {"truth": "1"}, follow=True).content.decode()
        due = Due.objects.get()
        assert due.amount == 4000
        assert path_of(due.pk) in page
        filing = Filing.objects.get()
        paper = filing.parts.get(is_on_paper=True)
        accept(filing_id=filing.pk, by=online_world.clerk, at=now(), came_on_paper=[paper.pk])
        filing.refresh_from_db()
        due.refresh_from_db()
        assert (due.code, due.subject_id) == (filing.dossier.code, filing.dossier.pk)
        page = client.get(f"/cong-dan/ho-so/{filing.code}/", follow=True).content.decode()
        assert page.count("Bạn cần nộp 4.000 đồng") == 1

    def test_goes_back_by_itself_when_the_filing_is_not_taken_in(
        self, client: Client, online_world: World, fee: None
    ) -> None:
        filing = filed(client, online_world)
        take_cash(due_id=Due.objects.get().pk, by=online_world.clerk, at=now())
        refuse(filing_id=filing.pk, reasons=["Không thuộc thẩm quyền"], by=online_world.clerk, at=now())
        refund = Refund.objects.get()
        assert (refund.amount, refund.occasion, refund.asked_by) == (4000, "REFUSED", None)
        page = client.get(f"/cong-dan/ho-so/{filing.code}/").content.decode()
        assert "Đang hoàn 4.000 đồng" in page
        assert "4.000 đồng bạn đã nộp sẽ được trả lại, không cần làm đơn" in page
        assert "bạn không cần làm đơn" in client.get(path_of(Due.objects.get().pk)).content.decode()

    def test_goes_back_to_the_account_that_its_owner_writes(
        self, client: Client, online_world: World, fee: None
    ) -> None:
        filing = filed(client, online_world)
        take_cash(due_id=Due.objects.get().pk, by=online_world.clerk, at=now())
        refuse(filing_id=filing.pk, reasons=["Không thuộc thẩm quyền"], by=online_world.clerk, at=now())
        address = f"/cong-dan/ho-so/{filing.code}/hoan-tien/"
        assert Client().get(address).status_code == 302  # somebody else is asked whose it is
        page = client.post(address, {"bank": "1", "number": "12AB", "holder": "LO THI HOA"}).content.decode()
        assert "Hãy chọn ngân hàng" in page
        assert "6 đến 19 chữ số" in page
        given = {"bank": "970436", "number": "0123 4567 8901", "holder": "Lo Thi Hoa"}
        foreign = {**given, "holder": "TRAN VAN B", "other_name": "1"}
        other = client.post(address, foreign).content.decode()  # knows the number, has shown no more
        assert "khác tên người nộp. Muốn nhận vào tài khoản tên khác, hãy đăng nhập" in other
        page = client.post(address, given, follow=True).content.decode()
        assert "…8901" in page
        assert "012345678901" not in page
        told = Notice.objects.filter(kind="REFUND_ACCOUNT").count()
        assert told
        client.post(address, given)  # pressed again
        account = RefundAccount.objects.get()
        assert (account.number, account.holder, account.is_other_name) == (
            "012345678901",
            "LO THI HOA",
            False,
        )
        assert Notice.objects.filter(kind="REFUND_ACCOUNT").count() == told
        assert client.post(address, {**given, "number": "555566667777"}).status_code == 409
        enter(client, a_citizen(name=filing.applicant.name, personal_number=filing.applicant.personal_number))
        client.post(address, {**given, "number": "555566667777"})
        refund = Refund.objects.get()
        assert refund.accounts.count() == 2
        assert Line.objects.filter(name="RefundAccountGiven", subject_id=refund.pk).count() == 2
        assert "5555" not in str(
            Line.objects.filter(name="RefundAccountGiven").values_list("payload", flat=True)
        )
        Refund.objects.update(state="APPROVED", is_by_hand=True)
        assert client.post(address, given).status_code == 409
        assert client.get(address).status_code == 302

    def test_is_owed_no_more_when_it_is_withdrawn(
        self, client: Client, online_world: World, fee: None
    ) -> None:
        filing = filed(client, online_world)
        client.post(f"/cong-dan/ho-so/{filing.code}/rut/", {"reason": "Nộp nhầm"})
        assert Due.objects.get().state == "CANCELLED"
        assert "Bạn cần nộp" not in client.get(f"/cong-dan/ho-so/{filing.code}/").content.decode()


class TestFiles:
    @pytest.mark.parametrize(
        ("content", "name"),
        [
            (b"", "trong.pdf"),
            (b"MZ\x90\x00 not a picture", "anh.jpg"),
            (b"<html><script>1</script></html>", "to-khai.pdf"),
            (b"PK\x03\x04 broken", "to-khai.docx"),
        ],
    )
    def test_that_cannot_be_kept_say_so_and_the_others_stay(
        self, client: Client, online_world: World, content: bytes, name: str
    ) -> None:
        draft, paper = begin(client, online_world), online_world.papers[0]
        bad = SimpleUploadedFile(name, content)
        answer = client.post(
            at(draft, f"giay-to/{paper.pk}"), {"file": [a_file(), bad]}, headers={"HX-Request": "true"}
        )
        page = answer.content.decode()
        assert answer.status_code == 200
        assert 'role="alert"' in page
        assert "ảnh chụp.pdf" in page
        assert draft.papers.get().documents.count() == 1

    def test_too_large_is_said_with_what_to_do(
        self, client: Client, online_world: World, settings: Any
    ) -> None:
        settings.UPLOAD_LIMIT = 100
        draft, paper = begin(client, online_world), online_world.papers[0]
        page = client.post(at(draft, f"giay-to/{paper.pk}"), {"file": a_file()}, follow=True).content.decode()
        assert "vượt mức" in page

    def test_without_any_file_ask_for_one(self, client: Client, online_world: World) -> None:
        draft, paper = begin(client, online_world), online_world.papers[0]
        page = client.post(at(draft, f"giay-to/{paper.pk}"), {}, follow=True).content.decode()
        assert "Chưa có tệp nào" in page

    def test_are_seen_and_dropped_by_their_owner_alone(self, client: Client, online_world: World) -> None:
        draft, paper = begin(client, online_world), online_world.papers[0]
        client.post(at(draft, f"giay-to/{paper.pk}"), {"file": a_file()})
        document = Document.objects.get()
        address = at(draft, f"tep/{document.pk}")
        assert client.get(address).status_code == 200
        stranger = Client()
        assert stranger.get(address).status_code == 403
        other = begin(stranger, online_world)
        assert stranger.get(at(other, f"tep/{document.pk}")).status_code == 404
        stranger.post(at(other, f"tep/{document.pk}/bo"))
        assert Document.objects.count() == 1
        client.post(at(draft, f"tep/{document.pk}/bo"))
        assert Document.objects.count() == 0


class TestComingBack:
    def test_a_stranger_sees_nothing(self, client: Client, online_world: World) -> None:
        draft = walk(client, online_world)
        for step in ("nguoi-nop", "kiem-tra", "thay-doi", "xoa"):
            answer = Client().get(at(draft, step))
            assert answer.status_code == 403
            assert "Lò Thị Hòa" not in answer.content.decode()

    def test_by_code_on_another_phone(self, client: Client, online_world: World) -> None:
        draft = walk(client, online_world)
        other = Client()
        answer = other.post("/nop-ho-so/tiep-tuc/", {"code": draft.shown_code.lower()})
        assert answer["Location"] == at(draft, "kiem-tra")
        assert "Lò Thị Hòa" in other.get(answer["Location"]).content.decode()

    def test_guessing_codes_is_stopped(self, client: Client, online_world: World) -> None:
        statuses = [
            client.post("/nop-ho-so/tiep-tuc/", {"code": f"AAAA-BBBB-{place:02d}"}).status_code
            for place in range(32)
        ]
        assert statuses[0] == 422
        assert statuses[-1] == 429

    def test_the_session_lost_at_a_step_loses_nothing(self, client: Client, online_world: World) -> None:
        draft = begin(client, online_world)
        client.cookies.clear()
        shut = client.post(at(draft, "nguoi-nop"), PERSON)
        page = shut.content.decode()
        assert shut.status_code == 403
        assert 'name="giu-name" value="Lò Thị Hòa"' in page
        carried = {f"giu-{name}": value for name, value in PERSON.items()}
        again = client.post(
            "/nop-ho-so/tiep-tuc/", {"code": draft.code, "next": at(draft, "nguoi-nop"), **carried}
        ).content.decode()
        assert f'action="{at(draft, "nguoi-nop")}"' in again
        assert 'name="name" value="Lò Thị Hòa"' in again
        assert client.post(at(draft, "nguoi-nop"), PERSON).status_code == 302

    def test_the_session_lost_at_the_last_press_files_after_the_code(
        self, client: Client, online_world: World
    ) -> None:
        draft = walk(client, online_world)
        client.cookies.clear()
        assert client.post(at(draft, "kiem-tra"), {"truth": "1"}).status_code == 403
        client.post(
            "/nop-ho-so/tiep-tuc/", {"code": draft.code, "next": at(draft, "kiem-tra"), "giu-truth": "1"}
        )
        assert client.post(at(draft, "kiem-tra"), {"truth": "1"}).status_code == 302
        assert Filing.objects.count() == 1

    @pytest.mark.parametrize(
        "wanted", ["https://evil.example/", "//evil.example", "/quay/", "javascript:alert(1)"]
    )
    def test_the_code_leads_nowhere_else(self, client: Client, online_world: World, wanted: str) -> None:
        draft = begin(client, online_world)
        answer = client.post("/nop-ho-so/tiep-tuc/", {"code": draft.code, "next": wanted})
        assert answer["Location"].startswith(f"/nop-ho-so/{CODE}/{draft.pk}/")

    def test_two_tabs_write_the_same_draft(self, client: Client, online_world: World) -> None:
        draft = begin(client, online_world)
        client.post(at(draft, "nhan-ket-qua"), {"return_channel": "ONLINE"})
        client.post(at(draft, "nguoi-nop"), PERSON)
        draft.refresh_from_db()
        assert (draft.return_channel, draft.owner["name"]) == ("ONLINE", "Lò Thị Hòa")

    def test_the_first_press_sent_twice_is_one_draft(self, client: Client, online_world: World) -> None:
        given = {"draft": str(uuid4()), "offering": online_world.offering.pk}
        for _ in range(2):
            client.post(f"/nop-ho-so/{CODE}/", given)
        assert Draft.objects.count() == 1

    def test_past_its_days_it_is_gone(self, client: Client, online_world: World) -> None:
        draft = begin(client, online_world)
        Draft.objects.update(expires_at=now() - timedelta(minutes=1))
        assert client.get(at(draft, "nguoi-nop")).status_code == 404

    def test_its_owner_deletes_it(self, client: Client, online_world: World) -> None:
        draft = walk(client, online_world)
        assert "bị xóa hẳn" in client.get(at(draft, "xoa")).content.decode()
        client.post(at(draft, "xoa"))
        assert not Draft.objects.exists()

    def test_where_guests_may_not_file_they_are_shown_the_way(
        self, client: Client, online_world: World
    ) -> None:
        FilingRule.objects.create(valid_from=date(2026, 1, 1), guests_may_submit=False)
        draft = walk(client, online_world)
        page = client.get(at(draft, "kiem-tra")).content.decode()
        assert "Cần đăng nhập để nộp trực tuyến" in page
        assert draft.shown_code in page


class TestNaughtyStrings:
    @pytest.mark.parametrize("text", NAUGHTY, ids=range(len(NAUGHTY)))
    def test_in_every_field_are_kept_or_refused_in_words(
        self, client: Client, online_world: World, text: str
    ) -> None:
        text = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        wrong = client.post(f"/nop-ho-so/{CODE}/", {"draft": text, "offering": text, "case": text})
        assert wrong.status_code in ({302, 422} if not text.strip() else {422})
        draft = begin(client, online_world)
        fields = [
            *PERSON,
            "tax_code",
            "birth",
            "email",
            "street",
            "ward",
            "province_code",
            "relation",
            "helper_name",
        ]
        for acting in ("SELF", "RELATIVE"):
            answer = client.post(at(draft, "nguoi-nop"), {**dict.fromkeys(fields, text), "acting": acting})
            assert answer.status_code == 422
            page = answer.content.decode()
            assert "<script>alert" not in page
            assert "49" not in page.split("{{ 7*7 }}")[0][-50:]
        for step, given in (
            ("nhan-ket-qua", {"return_channel": text, "return_address": text}),
            ("nhan-ket-qua", {"return_channel": "POST", "return_address": text}),
            ("giay-to", {f"on-paper-{text[:200]}": text}),
            ("kiem-tra", {"truth": text}),
            ("noi-nop", {"offering": text, "case": text}),
        ):
            answer = client.post(at(draft, step), given)
            assert answer.status_code in {302, 422}, (step, answer.content.decode()[:500])
        for step in ("nguoi-nop", "giay-to", "nhan-ket-qua", "kiem-tra"):
            page = client.get(at(draft, step)).content.decode()
            assert "<script>alert" not in page
        assert client.post("/nop-ho-so/tiep-tuc/", {"code": text, "next": text}).status_code == 422
        name = text.strip()[:60].replace("\r", "").replace("\n", "") or "x"
        client.post(at(draft, f"giay-to/{online_world.papers[0].pk}"), {"file": a_file(name=f"{name}.pdf")})
        assert client.get(at(draft, "giay-to")).status_code == 200
        assert client.get(f"/cong-dan/ho-so/{'%2E' if not text.strip('. /') else 'x'}/").status_code in {
            302,
            404,
        }

    def test_a_nul_is_no_form_of_ours(self, client: Client, online_world: World) -> None:
        draft = begin(client, online_world)
        assert client.post(at(draft, "nguoi-nop"), {"name": "a\0b"}).status_code == 400

    def test_a_name_of_other_letters_is_filed_as_it_is_written(
        self, client: Client, online_world: World
    ) -> None:
        draft = walk(client, online_world)
        client.post(
            at(draft, "nguoi-nop"),
            {**PERSON, "name": "Y Krông  Niê\u200b", "personal_number": "066190001238"},
        )
        client.post(at(draft, "kiem-tra"), {"truth": "1"})
        assert Filing.objects.get().applicant.name == "Y Krông Niê"


class TestTheChangedProcedure:
    def test_is_shown_before_anything_else(self, client: Client, online_world: World) -> None:
        draft = walk(client, online_world)
        from motcua.service.filing.tests.test_drafting import TestChanging

        TestChanging().change(online_world)
        answer = client.get(at(draft, "kiem-tra"))
        assert answer["Location"] == at(draft, "thay-doi")
        page = client.get(answer["Location"]).content.decode()
        for words in ("Cần nộp thêm", "Ảnh chân dung", "Không phải nộp nữa", "8.000"):
            assert words in page
        answer = client.post(at(draft, "thay-doi"))
        assert answer["Location"] == at(draft, "giay-to")
        assert "Tờ  khai" in client.get(answer["Location"]).content.decode()


class TestAfterwards:
    def test_is_found_by_number_and_four_digits(self, client: Client, online_world: World) -> None:
        filing = filed(client, online_world)
        other = Client()
        gate = other.get(f"/cong-dan/ho-so/{filing.code}/")
        assert gate["Location"].startswith("/tra-cuu/?ma=TT-")
        answer = other.post("/tra-cuu/", {"ma": filing.code, "so": "4321"}, follow=True)
        page = answer.content.decode()
        assert answer.redirect_chain[-1][0] == f"/cong-dan/ho-so/{filing.code}/"
        for words in ("Công chức Một cửa xem hồ sơ", "trả lời bạn trước", "Rút hồ sơ"):
            assert words in page

    def test_only_what_is_marked_is_asked_for_and_it_comes_back(
        self, client: Client, online_world: World
    ) -> None:
        filing = filed(client, online_world)
        judged = {
            part.pk: Judged("MEND", "Chụp lại cho rõ bốn góc") if part.position == 2 else Judged("FINE")
            for part in filing.parts.all()
        }
        ask_supplement(
            filing_id=filing.pk, judged=judged, missing=["Ảnh 3x4"], by=online_world.clerk, at=now()
        )
        address = f"/cong-dan/ho-so/{filing.code}/bo-sung/"
        page = client.get(address).content.decode()
        assert "Bạn cần bổ sung 2 mục" in page
        assert "Chụp lại cho rõ bốn góc" in page
        assert "Tờ khai" not in page
        wanted = filing.parts.get(position=2)
        half = client.post(address, {f"file-{wanted.pk}": a_file("lần hai")})
        assert half.status_code == 422
        assert "ảnh chụp.pdf" in half.content.decode()
        assert "ảnh chụp.pdf" in client.get(address).content.decode()
        sent = client.post(address, {"words-them-1": "Tôi gửi ảnh ở Một cửa rồi."}, follow=True)
        assert "Đã gửi phần bổ sung" in sent.content.decode()
        filing.refresh_from_db()
        assert filing.state == "SUBMITTED"
        added = filing.parts.order_by("position")[3]
        assert (added.paper_id, added.documents.get().subject_id) == (wanted.paper_id, filing.dossier_key)
        assert client.post(address, {}).status_code == 422
        paper = filing.parts.get(is_on_paper=True)
        accept(filing_id=filing.pk, by=online_world.clerk, at=now(), came_on_paper=[paper.pk])
        filing.refresh_from_db()
        page = client.get(f"/cong-dan/ho-so/{filing.code}/", follow=True).content.decode()
        assert filing.dossier.code in page
        assert "Bạn đã nộp hồ sơ trực tuyến" in page

    def test_is_withdrawn_and_its_contact_changed(self, client: Client, online_world: World) -> None:
        filing = filed(client, online_world)
        base = f"/cong-dan/ho-so/{filing.code}/"
        assert client.post(f"{base}lien-he/", {"phone": "abc"}).status_code == 422
        client.post(f"{base}lien-he/", {"phone": "0911 222 333"})
        filing.refresh_from_db()
        assert filing.contact_phone == "0911222333"
        assert client.get(f"{base}rut/").status_code == 200
        client.post(f"{base}rut/", {"reason": "Nộp nhầm"})
        filing.refresh_from_db()
        assert filing.state == "WITHDRAWN"

    @pytest.mark.parametrize("page", ["", "bo-sung/", "rut/", "lien-he/"])
    def test_belongs_to_who_has_shown_it(self, client: Client, online_world: World, page: str) -> None:
        filing = filed(client, online_world)
        stranger = Client()
        for method in (stranger.get, stranger.post):
            answer = method(f"/cong-dan/ho-so/{filing.code}/{page}")
            assert answer.status_code == 302
            assert answer["Location"].startswith("/tra-cuu/")
        assert stranger.get(f"/nop-ho-so/da-nop/{filing.pk}/").status_code == 404


def test_nobody_is_added_before_it_is_filed(client: Client, online_world: World) -> None:
    before = Applicant.objects.count()
    walk(client, online_world)
    assert Applicant.objects.count() == before
