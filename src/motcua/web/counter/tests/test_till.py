"""Quỹ: what was taken in cash on a day, counted once."""

from __future__ import annotations

import pytest
from django.test import Client

from motcua.core.time import local_date, now
from motcua.service.payments.models import TillClosing
from motcua.service.payments.operations.paying import take_cash
from motcua.service.payments.tests.world import Money, build
from motcua.web.counter.tests.acting import text_of

TILL = "/quay/quy/"


@pytest.fixture
def money(db: None) -> Money:
    return build()


@pytest.fixture
def clerk(client: Client, money: Money) -> Client:
    client.force_login(money.office.clerk)
    return client


def taken(money: Money, amount: int) -> None:
    take_cash(due_id=money.dossier_due(amount).pk, by=money.office.clerk, at=now())


def counted(money: Money, amount: str, **more: str) -> dict[str, str]:
    today = local_date(now())
    return {"agency": str(money.office.centre.pk), "day": f"{today:%d/%m/%Y}", "counted": amount, **more}


def test_is_counted_once_and_a_difference_is_explained(money: Money, clerk: Client) -> None:
    for amount in (50_000, 8_000):
        taken(money, amount)
    assert "Phải có trong quỹ 58.000 đồng" in text_of(clerk.get(TILL))
    answer = clerk.post(TILL, counted(money, "57.000"))
    assert answer.status_code == 422
    assert "Theo sổ là 58.000 đồng, bạn đếm được 57.000 đồng" in text_of(answer)
    assert 'value="57.000"' in answer.content.decode()
    answer = clerk.post(TILL, counted(money, "57.000", note="Thối nhầm một nghìn"), follow=True)
    assert "Đã tổng kết quỹ 57.000 đồng" in text_of(answer)
    assert "Thối nhầm một nghìn" in text_of(answer)
    assert clerk.post(TILL, counted(money, "58.000")).status_code == 409
    assert TillClosing.objects.get().counted == 57_000

    taken(money, 20_000)
    assert "quỹ còn thay đổi 20.000 đồng" in text_of(clerk.get(TILL))


def test_is_of_the_clerks_own_place(money: Money, clerk: Client) -> None:
    elsewhere = {"agency": str(money.office.department.pk)}
    assert clerk.post(TILL, {**counted(money, "0"), **elsewhere}).status_code == 403
    client = Client()
    client.force_login(money.office.officer)
    assert client.get(TILL).status_code == 403
