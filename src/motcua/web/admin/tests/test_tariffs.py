"""Mức thu và kênh thanh toán on their pages: drafted by one, published by another, and no key is ever shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from motcua.core.errors import DomainError
from motcua.core.time import local_date, now
from motcua.foundation.identity.models import User
from motcua.foundation.identity.operations.staffing import appoint
from motcua.foundation.identity.tests import factories
from motcua.foundation.org.models import Post
from motcua.service.dossiers.tests.world import BEGINNING, LONG_AGO, World
from motcua.service.payments import gateways
from motcua.service.payments.models import FeeRule, PayerGroup, PaymentChannel
from motcua.service.payments.operations import channels, setting
from motcua.service.payments.operations.charging import in_words
from motcua.service.payments.pricing import tariff_of
from motcua.service.payments.tests.world import Money, build
from motcua.web.admin.tests.conftest import Entering, page_of


def today(ahead: int = 0) -> str:
    return f"{local_date(now()) + timedelta(days=ahead):%d/%m/%Y}"


@pytest.fixture
def second(world: World) -> User:
    """Another administrator of the whole province."""
    user = factories.a_user(full_name="Lê Thị Xem Lại")
    appoint(
        user, post=Post.objects.filter(memberships__user=world.admin).first(), valid_from=LONG_AGO,
        by=None, at=BEGINNING,
    )  # fmt: skip
    return user


@pytest.fixture
def poor(world: World) -> PayerGroup:
    return setting.set_payer_group(
        code="HO_NGHEO",
        name="Hộ nghèo",
        proof="Giấy xác nhận hộ nghèo",
        valid_from=LONG_AGO,
        by=None,
        at=BEGINNING,
    )


def fee_form(world: World, **changes: str) -> dict[str, Any]:
    return {
        "procedure": world.procedure.code, "kind": "FEE", "name": "Phí thẩm định", "amount": "120.000",
        "online_percent_off": "50", "basis": "Nghị quyết 12/2026/NQ-HĐND", "valid_from": today(),
        "group-HO_NGHEO": "100", **changes,
    }  # fmt: skip


def told(world: World, ahead: int = 0, group: str = "") -> str:
    day = local_date(now()) + timedelta(days=ahead)
    return in_words(tariff_of(world.offering, channel="ONLINE", case=None, on=day).costs(group=group).charges)


class TestFees:
    def test_count_from_their_day_once_a_second_person_has_published_them(
        self, world: World, admin: Client, second: User, enter: Entering, poor: PayerGroup
    ):
        answer = admin.post(reverse("admin:new-fee"), fee_form(world))
        rule = FeeRule.objects.get()
        assert answer["Location"] == reverse("admin:fee", args=[rule.pk])
        page = page_of(admin.get(answer["Location"]))
        assert "60.000 đồng (giảm 50 % khi nộp trực tuyến)" in page
        assert "Được miễn: Hộ nghèo" in page
        before = told(world)
        assert admin.post(answer["Location"], {"act": "publish"}).status_code == 403
        assert told(world) == before
        enter(second).post(answer["Location"], {"act": "publish"})
        assert told(world).startswith("Phí thẩm định 60.000 đồng")
        assert told(world, group="HO_NGHEO") == "Phí thẩm định: Được miễn: Hộ nghèo"
        following = FeeRule.objects.get()
        admin.post(reverse("admin:new-fee"), fee_form(world, amount="150.000", valid_from=today(10)))
        following = FeeRule.objects.exclude(pk=rule.pk).get()
        enter(second).post(reverse("admin:fee", args=[following.pk]), {"act": "publish"})
        rule.refresh_from_db()
        assert rule.valid_to == local_date(now()) + timedelta(days=9)
        page = page_of(admin.get(reverse("admin:fee", args=[following.pk])))
        assert "120.000 đồng" in page
        assert "Ban hành mức thu" in page
        assert "150.000 đồng" in page_of(admin.get(reverse("admin:fees")))

    def test_of_one_place_go_before_those_of_everywhere_and_end_with_a_reason(
        self, world: World, admin: Client, second: User, enter: Entering
    ):
        for amount, where in (("100.000", ""), ("70.000", world.department.code)):
            admin.post(reverse("admin:new-fee"), fee_form(world, amount=amount, agency=where))
        for rule in FeeRule.objects.all():
            enter(second).post(reverse("admin:fee", args=[rule.pk]), {"act": "publish"})
        assert "35.000 đồng" in told(world)
        own = FeeRule.objects.get(offering__isnull=False)
        page = admin.post(reverse("admin:fee", args=[own.pk]), {"act": "end", "last_day": today()})
        assert "Hãy ghi lý do" in page_of(page)
        admin.post(
            reverse("admin:fee", args=[own.pk]), {"act": "end", "last_day": today(), "reason": "Bãi bỏ"}
        )
        assert "50.000" in told(world, ahead=1)

    def test_say_what_is_wrong_and_lose_nothing(self, world: World, admin: Client, clerk: Client):
        page = page_of(
            admin.post(
                reverse("admin:new-fee"), fee_form(world, basis="", valid_from=today(-1), amount="mười")
            )
        )
        assert "Hãy ghi văn bản quy định" in page
        assert "mười" in page
        page = page_of(admin.post(reverse("admin:new-fee"), fee_form(world, valid_from=today(-1))))
        assert "từ hôm nay hoặc ngày sau" in page
        assert not FeeRule.objects.exists()
        assert clerk.get(reverse("admin:fees")).status_code == 403

    def test_name_who_pays_less_by_which_paper(self, world: World, admin: Client):
        form = {"code": "tre_em", "name": "Trẻ em", "proof": "", "valid_from": today()}
        assert "Hãy ghi giấy tờ chứng minh" in page_of(admin.post(reverse("admin:payer-groups"), form))
        admin.post(reverse("admin:payer-groups"), {**form, "proof": "Giấy khai sinh"})
        assert PayerGroup.objects.get(code="TRE_EM").proof == "Giấy khai sinh"


@pytest.fixture
def money(db: Any) -> Any:
    before = dict(gateways._adapters)
    made = build()
    gateways.install({**before, "test": made.outside})
    yield made
    gateways.install(before)


def channel_form(money: Money, **changes: str) -> dict[str, str]:
    return {
        "adapter": "vietqr", "agency": money.office.centre.code, "name": "Chuyển khoản", "position": "3",
        "detail-ma_ngan_hang": "970436", "detail-tai_khoan": "0123456789", "detail-ten_tai_khoan": "TT PVHCC",
        "detail-ten_ngan_hang": "Ngân hàng thử", "secret_name": "TRUNGTAM", "valid_from": today(), **changes,
    }  # fmt: skip


class TestChannels:
    def test_are_offered_once_another_accountant_has_looked_at_the_account(
        self, money: Money, enter: Entering, monkeypatch: pytest.MonkeyPatch
    ):
        first, other = enter(money.accountant), enter(money.chief)
        assert "VietQR" in page_of(first.get(reverse("admin:new-channel")))
        assert "Số tài khoản" in page_of(first.get(reverse("admin:new-channel"), {"cach": "vietqr"}))
        answer = first.post(reverse("admin:new-channel"), channel_form(money, replaces=str(money.channel.pk)))
        channel = PaymentChannel.objects.get(adapter="vietqr")
        offered = PaymentChannel.objects.of(money.office.centre.pk, local_date(now()))
        assert channel not in offered
        page = page_of(first.post(answer["Location"], {"act": "try"}))
        assert "MOTCUA_PAY_TRUNGTAM</span>: chưa có" in page
        assert "chưa có khóa" in page
        monkeypatch.setenv("MOTCUA_PAY_TRUNGTAM", "khoa-rat-kin")
        page = page_of(first.post(answer["Location"], {"act": "try"}))
        assert "Mã QR thử" in page
        assert "khoa-rat-kin" not in page
        assert first.post(answer["Location"], {"act": "publish"}).status_code == 403
        other.post(answer["Location"], {"act": "publish"})
        assert channel in offered.all()
        money.channel.refresh_from_db()
        assert money.channel.valid_to is not None
        assert "0123456789" in page_of(other.get(reverse("admin:channels")))

    def test_keep_no_key_and_say_what_is_missing(self, money: Money, enter: Entering):
        form = channel_form(money, **{"secret_name": "sk-live: abc", "detail-tai_khoan": ""})
        page = page_of(enter(money.accountant).post(reverse("admin:new-channel"), form))
        assert "đừng dán khóa vào đây" in page
        assert "Hãy ghi số tài khoản" in page
        assert enter(money.office.clerk).get(reverse("admin:channels")).status_code == 403

    def test_end_with_a_reason_and_not_twice(self, money: Money, enter: Entering):
        address = reverse("admin:channel", args=[money.second.pk])
        one = enter(money.accountant)
        one.post(address, {"act": "end", "last_day": today(), "reason": "Đổi ngân hàng"})
        money.second.refresh_from_db()
        assert money.second.valid_to == local_date(now())
        with pytest.raises(DomainError, match="ngày bắt đầu"):
            channels.end_channel(
                channel_id=money.second.pk, last_day=LONG_AGO, reason="Nhầm", by=money.accountant, at=now()
            )
