"""Báo sai thông tin: listed where the form is handed in, answered once, told to whoever has an account, counted."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client

from motcua.core.time import now
from motcua.foundation.citizens.tests.factories import a_citizen
from motcua.foundation.identity.tests.factories import staff
from motcua.foundation.notices.models import Notice
from motcua.service.dossiers.tests.world import World
from motcua.service.forms.models import CorrectionWish, FormVersion
from motcua.service.forms.operations.answering import begin
from motcua.service.forms.operations.correcting import report_wrong
from motcua.service.forms.tests.sample import published

pytestmark = pytest.mark.django_db
LIST = "/quay/bao-sai/"


@pytest.fixture
def version(world: World) -> FormVersion:
    return published(world, staff("ADMIN", world.province))


@pytest.fixture
def wish(version: FormVersion, world: World) -> CorrectionWish:
    person = a_citizen(name="Lò Thị Hòa", phone="0912345678")
    subject = uuid4()
    begin(subject_id=subject, version=version, by=person.pk, at=now(), known={"account.name": "Lo Thi Hoa"})
    return report_wrong(
        subject_id=subject, field="name", wish="Tên tôi là Lò Thị Hòa", by=person.pk, at=now(),
        agency_id=world.offering.receiving_agency_id,
    )  # fmt: skip


class TestDesk:
    def test_lists_answers_and_tells_the_citizen(self, clerk: Client, wish: CorrectionWish) -> None:
        assert "<b>1 báo sai thông tin</b>" in clerk.get("/quay/").content.decode()
        page = clerk.get(LIST).content.decode()
        for words in ("Tên tôi là Lò Thị Hòa", "Lò Thị Hòa", wish.code, "lấy từ tài khoản của bạn"):
            assert words in page
        own = f"{LIST}{wish.pk}/"
        assert "Lo Thi Hoa" in clerk.get(own).content.decode()
        assert clerk.post(own, {"outcome": "MENDED"}).status_code == 422
        said = {"outcome": "MENDED", "text": "Đã sửa tên trong tài khoản theo thẻ căn cước."}
        assert clerk.post(own, said)["Location"] == LIST
        notice = Notice.objects.get(kind="WRONG_INFO")
        assert "Đã sửa ở nguồn. Đã sửa tên trong tài khoản" in notice.text
        assert wish.code in notice.text
        assert clerk.post(own, said).status_code == 409
        assert "Không có báo sai nào chờ" in clerk.get(LIST).content.decode()
        assert "Đã sửa ở nguồn" in clerk.get(f"{LIST}?muc=da-tra-loi").content.decode()

    def test_is_shut_to_another_place(self, world: World, wish: CorrectionWish) -> None:
        stranger = Client()
        stranger.force_login(staff("CLERK", world.department))
        assert wish.code not in stranger.get(LIST).content.decode()
        assert stranger.get(f"{LIST}{wish.pk}/").status_code == 404
        assert stranger.post(f"{LIST}{wish.pk}/", {"outcome": "RIGHT", "text": "x"}).status_code in {404, 422}
        wish.refresh_from_db()
        assert not wish.answered_at

    def test_is_counted_on_the_board(self, world: World, wish: CorrectionWish) -> None:
        controller = Client()
        controller.force_login(staff("CONTROLLER", world.province))
        page = controller.get("/giam-sat/bao-sai/").content.decode()
        assert "1 báo sai</a> đang chờ trả lời" in page

    def test_each_figure_opens_exactly_its_cases(
        self, version: FormVersion, wish: CorrectionWish, world: World
    ) -> None:
        subject, controller = uuid4(), Client()
        known = {"account.name": "Lo Van Nam", "offering.agency": "Sở Tư pháp"}
        begin(subject_id=subject, version=version, by=None, at=now(), known=known)
        nowhere = report_wrong(subject_id=subject, field="name", wish="Tôi là Lò Văn Nam", by=None, at=now())
        controller.force_login(staff("CONTROLLER", world.province))
        figures = re.compile(r'<a href="(/quay/bao-sai/\?[^"]+)">([\d.,]+)')

        def opened() -> list[tuple[int, str]]:
            links = figures.findall(unescape(controller.get("/giam-sat/bao-sai/").content.decode()))
            return [
                (int(count), controller.get(link).content.decode())
                for link, count in links
                if "," not in count
            ]

        seen = opened()
        assert [(count, wish.code in page, nowhere.code in page) for count, page in seen] == [
            (1, True, False), (1, False, True),
        ]  # fmt: skip
        controller.post(f"{LIST}{nowhere.pk}/", {"outcome": "PASSED_ON", "text": "Đã chuyển Công an xã."})
        CorrectionWish.objects.filter(pk=wish.pk).update(reported_at=now() - timedelta(days=2))
        (waits, first), (passed_on, second) = opened()
        assert (waits, passed_on) == (1, 1)
        assert wish.code in first
        assert nowhere.code in second
        assert wish.code not in second
        other = f"{LIST}?muc=da-tra-loi&noi=khong&ket-qua=RIGHT"
        assert nowhere.code not in controller.get(other).content.decode()


def test_told_again_it_waits_again(clerk: Client, wish: CorrectionWish, world: World) -> None:
    clerk.post(f"{LIST}{wish.pk}/", {"outcome": "RIGHT", "text": "Tên đúng như thẻ."})
    report_wrong(
        subject_id=wish.answers.subject_id, field="name", wish="Vẫn sai", by=wish.reported_by, at=now()
    )
    assert CorrectionWish.objects.waiting().get().wish == "Vẫn sai"
    assert "Vẫn sai" in clerk.get(LIST).content.decode()
