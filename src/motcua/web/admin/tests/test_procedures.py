from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from motcua.core.time import local_date, now
from motcua.foundation.identity.tests.factories import staff
from motcua.service.dossiers.tests.world import World
from motcua.service.procedures.models import Offering, Procedure
from motcua.web.admin.tests.conftest import Entering, page_of

ROW = {
    "code": "1.001234",
    "name": "Cấp giấy phép xây dựng nhà ở riêng lẻ",
    "field": "Xây dựng",
    "levels": ["Cấp Xã"],
    "channels": [
        {"channel": "Trực tiếp", "time_value": 15, "time_unit": "Ngày làm việc", "fee_amount": 75000}
    ],
    "paper_groups": [{"group": "", "papers": [{"text": "Đơn đề nghị", "original": 1, "copy": 0}]}],
    "results": [{"name": "Giấy phép xây dựng"}],
    "legal": [],
}


def upload(*rows: Any, content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("danh-muc.json", json.dumps(rows).encode() if content is None else content)


def today(ahead: int = 0) -> str:
    return f"{local_date(now()) + timedelta(days=ahead):%d/%m/%Y}"


class TestCatalogue:
    @pytest.mark.parametrize("state", ["", "UNOFFERED", "REPEALED", "ALL"])
    def test_is_searched_without_marks(self, admin: Client, world: World, state: str) -> None:
        answer = admin.get(reverse("admin:procedures"), {"q": "trich luc", "state": state})

        assert answer.status_code == 200

    def test_shows_a_revision_whole(self, admin: Client, world: World) -> None:
        page = page_of(admin.get(reverse("admin:procedure", args=[world.procedure.code])))

        for word in (
            "Tờ khai",
            "5 ngày làm việc",
            "Sở Tư pháp",
            "Bản sao trích lục hộ tịch",
            "Quy trình nội bộ",
        ):
            assert word in page

    def test_there_is_no_such_procedure(self, admin: Client) -> None:
        assert admin.get(reverse("admin:procedure", args=["9.999999"])).status_code == 404

    def test_is_given_out_as_a_file(self, admin: Client, world: World) -> None:
        answer = admin.get(reverse("admin:procedure-file", args=[world.procedure.code]))

        assert json.loads(answer.content)[0]["code"] == world.procedure.code
        assert "attachment" in answer["Content-Disposition"]


class TestImport:
    def test_compares_first_and_brings_in_at_the_second_press(self, admin: Client, world: World) -> None:
        address = reverse("admin:procedure-import")
        seen = page_of(admin.post(address, {"file": upload(ROW), "valid_from": today()}))
        assert "Chưa có gì được ghi" in seen
        assert not Procedure.objects.filter(code=ROW["code"]).exists()

        packed = re.search(r'name="packed" value="([^"]+)"', seen)
        assert packed is not None
        done = page_of(admin.post(address, {"packed": packed[1], "name": "danh-muc.json", "apply": "1"}))

        assert "Đã nạp danh-muc.json: 1 thủ tục mới" in done
        assert Procedure.objects.filter(code=ROW["code"]).exists()

    def test_shows_what_a_new_revision_changes(self, admin: Client, world: World) -> None:
        address = reverse("admin:procedure-import")
        admin.post(address, {"file": upload(ROW), "apply": "1"})
        changed = json.loads(json.dumps(ROW))
        changed["channels"][0]["time_value"] = 10

        page = page_of(admin.post(address, {"file": upload(changed), "apply": "1"}))

        assert "15 ngày làm việc" in page
        assert "10 ngày làm việc" in page
        shown = page_of(admin.get(reverse("admin:procedure", args=[ROW["code"]])))
        assert "Khác phiên bản trước" in shown
        first = page_of(admin.get(reverse("admin:procedure", args=[ROW["code"]]), {"revision": "1"}))
        assert "không phải phiên bản hiện hành" in first

    def test_tells_each_fault_with_row_and_field_and_brings_the_rest(
        self, admin: Client, world: World
    ) -> None:
        broken = {**ROW, "code": "1.009999", "name": ""}

        page = page_of(
            admin.post(reverse("admin:procedure-import"), {"file": upload(broken, ROW), "apply": "1"})
        )

        assert "Chỗ hỏng" in page
        assert '<td data-label="Dòng" class="tight">1</td>' in page
        assert '<td data-label="Trường" class="code">name</td>' in page
        assert Procedure.objects.filter(code=ROW["code"]).exists()

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"", "tệp trống"),
            (b"\xff\xfe{", "không phải chữ UTF-8"),
            (b"{[", "không phải JSON"),
            (b"{}", "một danh sách thủ tục"),
        ],
    )
    def test_says_why_a_file_cannot_be_read(self, admin: Client, content: bytes, sentence: str) -> None:
        page = page_of(admin.post(reverse("admin:procedure-import"), {"file": upload(content=content)}))

        assert sentence in page

    @pytest.mark.parametrize("typed", [{}, {"packed": "không phải", "apply": "1"}, {"packed": "aGVsbG8="}])
    def test_asks_for_a_file(self, admin: Client, typed: dict[str, str]) -> None:
        answer = admin.post(reverse("admin:procedure-import"), typed)

        assert answer.status_code == 422
        assert 'id="f-file-error"' in page_of(answer)

    def test_is_for_who_manages_the_whole_catalogue(self, world: World, enter: Entering) -> None:
        local = enter(staff("ADMIN", world.department))

        assert (
            local.post(reverse("admin:procedure-import"), {"file": upload(ROW), "apply": "1"}).status_code
            == 403
        )


class TestOfferings:
    def offer(self, client: Client, world: World, **changes: str) -> Any:
        given = {"agency": "H31.3", "receiving_agency": "H31.1", "valid_from": today(-5), **changes}
        return client.post(reverse("admin:new-offering", args=[world.procedure.code]), given)

    def test_are_opened_and_ended(self, admin: Client, world: World) -> None:
        assert self.offer(admin, world).status_code == 302
        made = Offering.objects.get(agency=world.other)
        assert made.receiving_agency == world.centre

        admin.post(reverse("admin:end-offering", args=[made.pk]), {"on": today(), "reason": "Chuyển về xã"})

        made.refresh_from_db()
        assert made.valid_to == local_date(now()) - timedelta(days=1)

    def test_are_not_opened_twice(self, admin: Client, world: World) -> None:
        self.offer(admin, world)

        answer = self.offer(admin, world)

        assert answer.status_code == 422
        assert "đang tiếp nhận thủ tục" in page_of(answer)

    def test_need_an_agency_that_lives(self, admin: Client, world: World) -> None:
        assert "Không có cơ quan nào" in page_of(self.offer(admin, world, agency="Sở Mơ"))

    def test_only_of_agencies_that_one_administers(self, world: World, enter: Entering) -> None:
        assert self.offer(enter(staff("ADMIN", world.department)), world).status_code == 403


class TestProcedure:
    def test_gets_everyday_names(self, admin: Client, world: World) -> None:
        admin.post(
            reverse("admin:nicknames", args=[world.procedure.code]),
            {"aliases": "giấy khai sinh\n\nkhai sinh"},
        )

        world.procedure.refresh_from_db()
        assert world.procedure.aliases == ["giấy khai sinh", "khai sinh"]

    def test_is_repealed_once_with_a_reason(self, admin: Client, world: World) -> None:
        address = reverse("admin:repeal", args=[world.procedure.code])
        assert admin.post(address, {"valid_to": today(), "reason": ""}).status_code == 422
        assert admin.post(address, {"valid_to": today(), "reason": "QĐ 5"}).status_code == 302
        assert admin.post(address, {"valid_to": today(), "reason": "QĐ 5"}).status_code == 422
