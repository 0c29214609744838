"""Kết quả của tôi: the holder's pages, and what the counter and the agency do with what was asked there."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from motcua.core.ids import new_id
from motcua.core.time import now
from motcua.foundation.citizens.tests.factories import a_citizen, enter
from motcua.service.dossiers.tests.world import World, build_world
from motcua.service.payments.operations.paying import take_cash
from motcua.service.payments.operations.setting import set_fee_rule
from motcua.service.postal.models import Shipment
from motcua.service.postal.tests.world import carrier
from motcua.service.results.models import (
    CopyOrder,
    CorrectionRequest,
    IssuedResult,
    ResultShare,
    ShareOpening,
)
from motcua.service.results.operations.sharing import token_of
from motcua.service.results.tests.world import equip, published
from motcua.web.portal.tests.test_holdings import inside


@pytest.fixture
def world(db: None, small_store: None, tmp_path, settings) -> World:
    made = build_world()
    equip(made, tmp_path, settings)
    return made


@pytest.fixture
def paper(world: World) -> IssuedResult:
    return published(world)


@pytest.fixture
def holder(client: Client, world: World, paper: IssuedResult) -> Client:
    return inside(client, world.applicant)


def own(name: str, paper: IssuedResult, *more) -> str:
    return reverse(f"portal:{name}", args=[paper.paper_id, *more])


def said(answer) -> str:
    return " ".join(answer.content.decode().split())


class TestMyResults:
    def test_are_listed_for_their_holder_alone(self, holder: Client, paper: IssuedResult) -> None:
        page = said(holder.get(reverse("portal:my-results")))
        assert paper.paper_id in page
        shown = said(holder.get(own("my-result", paper)))
        assert "Tải bản điện tử" in shown
        link = re.search(r'href="(/ket-qua/[^"]+)"', shown)
        assert link
        assert b"".join(holder.get(link[1]).streaming_content).startswith(b"%PDF")
        enter(holder, a_citizen(name="Trần Văn Bình"))
        assert "Chưa có kết quả nào" in said(holder.get(reverse("portal:my-results")))
        for name in ("my-result", "share-result", "order-copy", "ask-correction"):
            assert holder.get(own(name, paper)).status_code == 404
        assert Client().get(own("my-result", paper)).url.startswith(reverse("portal:citizen-sign-in"))

    def test_are_shared_by_a_link_that_ends(self, holder: Client, paper: IssuedResult) -> None:
        assert holder.post(own("share-result", paper), {"to_whom": "", "days": "7"}).status_code == 422
        typed = {"to_whom": "Ngân hàng", "days": "7", "key": str(new_id())}
        for _ in range(2):
            assert holder.post(own("share-result", paper), typed).status_code == 302
        share = ResultShare.objects.get()
        address, stranger = reverse("portal:shared", args=[token_of(share)]), Client()
        closed = said(stranger.get(address))
        assert "Nguyễn Thị Ánh" not in closed
        assert not ShareOpening.objects.exists()  # a preview of a chat opens nothing
        opened = said(stranger.post(address))
        assert "Nguyễn Thị Ánh" in opened
        assert "/ket-qua/" in opened
        assert "Đã mở 1 lần" in said(holder.get(own("my-result", paper)))
        assert holder.post(own("end-share", paper, share.pk)).status_code == 302
        assert stranger.post(address).status_code == 404
        assert stranger.get(address + "x").status_code == 404

    def test_are_ordered_on_paper_and_printed_at_the_counter(
        self, holder: Client, world: World, paper: IssuedResult
    ) -> None:
        typed = {"way": "POST", "name": "Nguyễn Thị Ánh", "phone": "0912345678", "address": ""}
        assert holder.post(own("order-copy", paper), typed).status_code == 422
        assert holder.post(own("order-copy", paper), {**typed, "way": "COUNTER"}).status_code == 302
        clerk = Client()
        clerk.force_login(world.clerk)
        assert "0912345678" in said(clerk.get(reverse("counter:copies")))
        assert clerk.get(reverse("counter:copies"), {"q": paper.payload}).status_code == 302
        assert "Không có kết quả nào" in said(clerk.get(reverse("counter:copies"), {"q": "KQ26-0000-0000"}))
        address = reverse("counter:copies-of", args=[paper.pk])
        assert "Lập bản giấy mới" in said(clerk.get(address))
        assert clerk.post(address, {"key": str(new_id())}).status_code == 302
        copy = CopyOrder.objects.get(state="READY").copy
        printed = clerk.get(reverse("counter:copy-paper", args=[paper.pk, copy.pk]))
        assert printed.content.startswith(b"%PDF")
        assert "Bản giấy thứ 1" in said(Client().post("/xac-thuc/", {"ma": copy.paper_id}))
        assert address in said(clerk.get(reverse("counter:dossier", args=[paper.dossier_id])))

    def test_that_cannot_be_made_are_ended_with_a_reason_and_paid_back(
        self, holder: Client, world: World, paper: IssuedResult
    ) -> None:
        set_fee_rule(
            offering=world.offering, kind="FEE", name="Phí bản giấy", amount=20_000, basis="Thử", occasion="COPY",
            valid_from=world.centre.valid_from, at=now(),
        )  # fmt: skip
        typed = {"way": "COUNTER", "name": "Nguyễn Thị Ánh", "phone": "0912345678", "address": ""}
        holder.post(own("order-copy", paper), typed)
        order = CopyOrder.objects.get()
        take_cash(due_id=order.dues.get().pk, by=world.clerk, at=now())
        clerk = Client()
        clerk.force_login(world.clerk)
        shown = said(clerk.get(reverse("counter:copies-of", args=[paper.pk])))
        assert "Đã nộp 20.000 đồng: máy lập phiếu hoàn" in shown
        address, field = reverse("counter:end-copy-order", args=[paper.pk, order.pk]), f"reason-{order.pk}"
        assert clerk.post(address, {field: ""}).status_code == 422
        done = said(clerk.post(address, {field: "Hết phôi giấy"}, follow=True))
        assert "20.000 đồng đã nộp chờ kế toán duyệt hoàn" in done
        mine = said(holder.get(own("my-result", paper)))
        assert "Một cửa không lập được" in mine
        assert "Lý do: Hết phôi giấy" in mine
        assert "20.000 đồng bạn đã nộp đang được trả lại" in mine

    def test_go_by_post_for_a_price_that_was_shown_and_are_followed(
        self, holder: Client, world: World, paper: IssuedResult
    ) -> None:
        """Ordered with carrier and postage, paid, printed: then the parcel is on the list and on the holder's page."""
        carrier_of, day = carrier(), world.centre.valid_from
        world.centre.units.create(
            name="TT", code="TT", phone="02203123456", address="Số 1 Lê Lợi", valid_from=day
        )
        set_fee_rule(
            offering=world.offering, kind="FEE", name="Phí bản giấy", amount=5000, basis="Thử", valid_from=day, at=now(),
            occasion="COPY",
        )  # fmt: skip
        address = own("order-copy", paper)
        assert "5.000 đồng" in said(holder.get(address))
        typed = {
            "way": "POST", "name": "Nguyễn Thị Ánh", "phone": "0912345678", "address": "Thôn Đông", "ward": "",
            "province_code": "31", "carrier": str(carrier_of.pk), "key": str(new_id()),
        }  # fmt: skip
        priced = said(holder.post(address, typed))
        seen = re.search(r'name="seen_price" value="(\d+)"', priced)
        assert seen
        assert not CopyOrder.objects.exists()
        for _ in range(2):
            assert holder.post(address, {**typed, "seen_price": seen[1]}).status_code == 302
        order = CopyOrder.objects.get()
        assert (order.postage, order.fee) == (int(seen[1]), 5000)
        assert "Bạn cần nộp <b>5.000 đồng</b>" in said(holder.get(own("my-result", paper)))
        clerk, counter = Client(), reverse("counter:copies-of", args=[paper.pk])
        clerk.force_login(world.clerk)
        refused = clerk.post(counter, {"key": str(new_id())})
        assert refused.status_code == 422
        assert "chưa nộp 5.000 đồng" in said(refused)
        cash = reverse("counter:take-cash", args=[paper.dossier_id, order.dues.get().pk])
        assert clerk.post(cash, follow=True).status_code == 200
        assert order.dues.get().state == "PAID"
        assert "mở bưu gửi" in said(clerk.get(counter))
        done = said(clerk.post(counter, {"key": str(new_id())}, follow=True))
        parcel = Shipment.objects.get()
        assert (parcel.direction, parcel.price, parcel.receiver.address) == (
            "COPY",
            int(seen[1]),
            "Thôn Đông",
        )
        assert parcel.code in done
        listed = clerk.get(reverse("counter:post"), {"muc": "giao"})
        assert parcel.code in said(listed)
        clerk.post(reverse("counter:post"), {"id": str(parcel.pk), "postman": ""})
        shown = said(holder.get(own("my-result", paper)))
        assert parcel.code in shown
        assert "Đã giao Bưu điện tỉnh" in shown
        assert f"{paper.dossier.code}" in said(
            clerk.get(reverse("counter:results"))
        )  # the result itself is still here

    def test_are_mended_when_the_agency_agrees(
        self, holder: Client, world: World, paper: IssuedResult
    ) -> None:
        assert holder.post(own("ask-correction", paper), {"wrong": "Sai năm sinh"}).status_code == 302
        request = CorrectionRequest.objects.get()
        officer = Client()
        officer.force_login(world.officer)
        address = reverse("desk:correction-request", args=[paper.dossier_id, request.pk])
        assert "Sai năm sinh" in said(officer.get(address))
        assert officer.post(address, {"verdict": "WRONG"}).status_code == 422
        assert officer.post(address, {"verdict": "WRONG", "fault": "AGENCY"}).status_code == 302
        assert "Cơ quan đang sửa" in said(holder.get(own("my-result", paper)))
