from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from motcua.foundation.calendars.operations.seeding import seed_law
from motcua.foundation.identity.models import User
from motcua.foundation.identity.operations.staffing import appoint
from motcua.foundation.identity.tests import factories
from motcua.foundation.org.models import Post
from motcua.service.dossiers.tests.world import World, build_world
from motcua.service.forms.asking import answers_of
from motcua.service.forms.models import CorrectionWish
from motcua.service.forms.operations.answering import begin
from motcua.service.forms.tests.sample import AT, published

pytestmark = pytest.mark.urls("motcua.web.ui.tests.eform_urls")
PERSON = {
    "name": "Nguyễn Văn An", "born": "05/03/1985", "home.form": "NEW", "home.province": "31", "home.ward": "Tu Ky",
}  # fmt: skip
NAUGHTY = [
    "<script>alert(1)</script>", "{{ 7*7 }}", "'; DROP TABLE forms_answers; --", "\u202ethử", "ﷺ" * 50, "👩‍👩‍👧",
    "=cmd|'/c calc'!A0", "\uffff", "%00", "𝕋𝕖𝕤𝕥", "undefined", "1e1000", "9" * 400, "ヽ༼ຈل͜ຈ༽ﾉ", "a" * 5000, " \u200b ",
]  # fmt: skip


@pytest.fixture
def subject(db: Any) -> UUID:
    seed_law()
    world: World = build_world()
    second: User = factories.a_user(full_name="Lê Thị Xem Lại")
    post = Post.objects.filter(memberships__user=world.admin).first()
    assert post
    appoint(second, post=post, valid_from=factories.START, by=None, at=factories.AT)
    key = uuid4()
    version = published(world, second)
    begin(subject_id=key, version=version, by=None, at=AT, known={"account.name": "Nguyễn Văn An"})
    return key


def address(subject: UUID, key: str) -> str:
    return reverse("trial-page", args=[subject, key])


def data_of(subject: UUID) -> dict[str, Any]:
    found = answers_of(subject)
    assert found
    return found.data


class TestPages:
    def test_goes_from_page_to_page_without_a_script(self, client: Client, subject: UUID) -> None:
        opened = client.get(reverse("trial", args=[subject]))
        assert "no-store" in opened.headers["Cache-Control"]
        page = opened.content.decode()
        assert "Phần 1 trên 3" in page
        assert "Điền sẵn: lấy từ tài khoản của bạn." in page
        assert client.post(address(subject, "person"), PERSON).headers["Location"] == address(
            subject, "family"
        )
        answer = client.post(address(subject, "family"), {"has_children": "yes"})
        assert answer.status_code == 422  # now the children are asked for
        shown = answer.content.decode()
        assert "Cần ít nhất 1 Con" in shown
        rows = {"has_children": "yes", "children.0.child": "Nguyễn Thị Bé", "children.0.sex": "NU"}
        added = client.post(address(subject, "family"), {**rows, "_add": "children", "_count": "1"})
        assert added.headers["Location"] == address(subject, "family") + "#g-rows"
        assert 'name="children.1.child"' in client.get(address(subject, "family")).content.decode()
        dropped = client.post(address(subject, "family"), {**rows, "_drop": "children.1", "_count": "2"})
        assert dropped.status_code == 302
        done = client.post(address(subject, "family"), {**rows, "_count": "3"})
        assert done.headers["Location"] == address(subject, "money")
        last = client.post(address(subject, "money"), {"amount": "500.000", "truth": "1"})
        assert last.headers["Location"] == reverse("trial-confirm", args=[subject])
        confirm = client.get(last.headers["Location"]).content.decode()
        for words in ("500.000 đồng", "Xã Tứ Kỳ, Thành phố Hải Phòng", "Nguyễn Thị Bé", "05/03/1985"):
            assert words in confirm

    def test_keeps_what_is_wrong_and_says_so(self, client: Client, subject: UUID) -> None:
        answer = client.post(address(subject, "person"), {**PERSON, "born": "30/02/1985"})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "Không có ngày 30/02/1985 trong lịch" in page
        assert 'value="30/02/1985"' in page
        assert data_of(subject)["born"] == "1985-02-30"

    def test_a_second_window_is_told(self, client: Client, subject: UUID) -> None:
        first = {"amount": "5.000", "truth": "1", "_count": "0"}
        client.post(address(subject, "money"), first)
        answer = client.post(address(subject, "money"), {**first, "amount": "7.000"})
        assert answer.status_code == 409
        page = answer.content.decode()
        assert "bấm Tiếp tục để lưu theo những gì bạn đang ghi ở đây" in page
        assert "Ở cửa sổ kia bạn đã lưu: <b>5.000 đồng</b>" in page
        assert 'value="7.000"' in page
        assert data_of(subject)["amount"] == 5000
        client.post(address(subject, "money"), {**first, "amount": "7.000", "_count": "1"})
        assert data_of(subject)["amount"] == 7000

    @pytest.mark.parametrize("naughty", NAUGHTY)
    def test_no_text_breaks_a_page(self, client: Client, subject: UUID, naughty: str) -> None:
        fields = ("name", "born", "number", "home.ward", "home.province", "home.detail")
        answer = client.post(address(subject, "person"), dict.fromkeys(fields, naughty))
        assert answer.status_code == 422
        assert "<script>alert" not in answer.content.decode()
        money = dict.fromkeys(("amount", "why", "papers", "area"), naughty)
        assert client.post(address(subject, "money"), money).status_code == 422
        rows = {"has_children": "yes", "children.0.child": naughty, f"children.{naughty[:20]}.child": "x"}
        assert client.post(address(subject, "family"), rows).status_code == 422
        assert client.get(reverse("trial-confirm", args=[subject])).status_code == 200

    def test_reports_a_wrong_source(self, client: Client, subject: UUID) -> None:
        where = address(subject, "person")
        assert "Thông tin nào sai?" in client.get(f"{where}?sai=name").content.decode()
        assert client.get(f"{where}?sai=born").status_code == 404
        assert client.post(where, {"_wrong": "name", "wish": ""}).status_code == 422
        assert client.post(where, {"_wrong": "name", "wish": "Thiếu chữ đệm"}).status_code == 302
        assert CorrectionWish.objects.get().wish == "Thiếu chữ đệm"

    def test_suggests_communes_without_diacritics(self, client: Client, db: Any) -> None:
        told = client.get(reverse("ui:places"), {"q": "tu ky", "tinh": "31"}).json()
        assert "Xã Tứ Kỳ" in told["names"]
        told = client.get(reverse("ui:places"), {"q": "Tứ Kỳ"}).json()
        assert "Xã Tứ Kỳ, Thành phố Hải Phòng" in told["names"]
