"""Nhóm liên thông, phân cấp, phi địa giới, ngành dọc on the pages of administration."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from motcua.core.time import local_date, now
from motcua.foundation.org.models import VerticalSeat
from motcua.service.dossiers.tests.world import World
from motcua.service.linking.models import LinkedGroup
from motcua.service.linking.tests.world import Linked, build_linked
from motcua.service.procedures.models import BoundaryFreeListing, Entrustment, Offering
from motcua.web.admin.tests.conftest import Entering, page_of


def today(ahead: int = 0) -> str:
    return f"{local_date(now()) + timedelta(days=ahead):%d/%m/%Y}"


@pytest.fixture
def linked(db: Any) -> Linked:
    return build_linked()


def group_form(linked: Linked, **changes: str) -> dict[str, Any]:
    birth, card = linked.procedures["birth"], linked.procedures["card"]
    return {
        "code": "LT-MOI", "name": "Khai sinh và thẻ bảo hiểm", "basis": "63/2024/NĐ-CP", "mode": "PARALLEL",
        "valid_from": today(), "limit": "3", "unit": "WORKING_DAY", "next_day": "1",
        "procedure-1": f"{birth.name} ({birth.code})", "settling-1": "HERE",
        "procedure-2": card.code, "settling-2": "NAMED", "agency-2": linked.insurance.code,
        "after-2": "1", "output-2": "Giấy khai sinh", "paper-2": "Giấy khai sinh", **changes,
    }  # fmt: skip


class TestGroups:
    def test_are_drafted_by_one_and_published_by_another(self, linked: Linked, enter: Entering) -> None:
        controller, admin = enter(linked.controller), enter(linked.admin)
        assert controller.get(reverse("admin:new-group")).status_code == 200
        answer = controller.post(reverse("admin:new-group"), group_form(linked))
        group = LinkedGroup.objects.get(code="LT-MOI")
        assert answer["Location"] == reverse("admin:group", args=[group.pk])
        assert "Người thứ hai" in page_of(controller.get(answer["Location"]))
        publish = reverse("admin:publish-group", args=[group.pk])
        assert controller.post(publish).status_code == 403
        admin.post(publish)
        group.refresh_from_db()
        assert group.state == "PUBLISHED"
        assert group.starts_next_day_after_cutoff
        assert group.parts.get(position=2).agency == linked.insurance
        assert group.links.get().paper == "Giấy khai sinh"
        assert "LT-MOI" in page_of(admin.get(reverse("admin:groups")))

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"procedure-2": ""}, "ít nhất hai thủ tục"),
            ({"procedure-2": "9.9"}, "Không có thủ tục “9.9”"),
            ({"agency-2": ""}, "Hãy chọn cơ quan giải quyết"),
            ({"output-2": ""}, "Hãy ghi tên kết quả"),
            ({"basis": ""}, "căn cứ pháp lý"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
        self, linked: Linked, enter: Entering, changes: dict[str, str], said: str
    ) -> None:
        answer = enter(linked.controller).post(reverse("admin:new-group"), group_form(linked, **changes))
        assert answer.status_code == 422
        page = page_of(answer)
        assert said in page
        assert "Khai sinh và thẻ bảo hiểm" in page

    def test_what_cannot_be_kept_is_not_published(self, linked: Linked, enter: Entering) -> None:
        enter(linked.controller).post(reverse("admin:new-group"), group_form(linked, limit="1"))
        group = LinkedGroup.objects.get(code="LT-MOI")
        admin = enter(linked.admin)
        assert "đường dài nhất" in page_of(admin.get(reverse("admin:group", args=[group.pk])))
        assert admin.post(reverse("admin:publish-group", args=[group.pk])).status_code == 422

    def test_are_retired_with_a_reason(self, linked: Linked, enter: Entering) -> None:
        admin, where = enter(linked.admin), reverse("admin:retire-group", args=[linked.group.pk])
        assert admin.post(where, {"on": today(1), "reason": ""}).status_code == 422
        admin.post(where, {"on": today(1), "reason": "Thay nhóm"})
        linked.group.refresh_from_db()
        assert linked.group.state == "RETIRED"

    def test_are_not_for_the_counter(self, linked: Linked, enter: Entering) -> None:
        assert enter(linked.clerk).get(reverse("admin:groups")).status_code == 403


class TestEntrustments:
    def typed(self, world: World, **changes: str) -> dict[str, str]:
        return {
            "kind": "AUTHORISED", "decision": "45/QĐ-STP", "decided_on": today(), "giver": world.department.code,
            "receiver": world.other.code, "procedures": world.procedure.code, "valid_from": today(3),
            "valid_to": today(30), "signature": "TUQ. GIÁM ĐỐC", **changes,
        }  # fmt: skip

    def test_are_previewed_before_they_are_written(self, admin: Client, world: World) -> None:
        page = page_of(admin.post(reverse("admin:new-entrustment"), self.typed(world, preview="1")))
        assert "Sẽ đổi 1 nơi thực hiện" in page
        assert "giải quyết lại từ" in page
        assert "45/QĐ-STP" in page
        assert not Entrustment.objects.exists()
        assert Offering.objects.count() == 1

    def test_are_written_shown_and_ended(self, admin: Client, world: World) -> None:
        answer = admin.post(reverse("admin:new-entrustment"), self.typed(world))
        made = Entrustment.objects.get()
        assert answer["Location"] == reverse("admin:entrustment", args=[made.pk])
        page = page_of(admin.get(answer["Location"]))
        assert "TUQ. GIÁM ĐỐC" in page
        assert "45/QĐ-STP" in page_of(admin.get(reverse("admin:entrustments")))
        refused = admin.post(answer["Location"], {"on": today(), "reason": "Thu hồi"})
        assert refused.status_code == 422
        admin.post(answer["Location"], {"on": today(10), "reason": "Thu hồi"})
        made.refresh_from_db()
        assert made.ended_reason == "Thu hồi"

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"procedures": ""}, "Hãy chọn lĩnh vực hoặc ghi mã thủ tục"),
            ({"procedures": "9.9"}, "Không có thủ tục mã 9.9"),
            ({"valid_to": ""}, "Ủy quyền phải có ngày hết hạn"),
            ({"signature": ""}, "thể thức ký"),
        ],
    )
    def test_say_what_is_wrong(self, admin: Client, world: World, changes: dict[str, str], said: str) -> None:
        answer = admin.post(reverse("admin:new-entrustment"), self.typed(world, **changes))
        assert answer.status_code == 422
        assert said in page_of(answer)

    def test_say_all_that_is_missing_at_once(self, admin: Client, world: World) -> None:
        page = page_of(admin.post(reverse("admin:new-entrustment"), {}))
        for said in (
            "phân cấp hay ủy quyền",
            "số quyết định",
            "ngày quyết định",
            "cơ quan giao",
            "ngày bắt đầu",
        ):
            assert said in page[page.index("Cần xem lại") :][:2000]


class TestLists:
    def test_a_procedure_is_put_on_the_list_and_taken_off(self, admin: Client, world: World) -> None:
        where = reverse("admin:boundary-free")
        typed = {
            "procedure": world.procedure.code,
            "scope": "PROVINCE",
            "decision": "12/QĐ",
            "valid_from": today(),
        }
        assert admin.post(where, {**typed, "decision": ""}).status_code == 422
        admin.post(where, typed)
        listing = BoundaryFreeListing.objects.get()
        assert "12/QĐ" in page_of(admin.get(where))
        assert admin.post(where, typed).status_code == 422
        off = reverse("admin:delist", args=[listing.pk])
        assert admin.get(off).status_code == 200
        admin.post(off, {"on": today(2), "reason": "Hết áp dụng"})
        listing.refresh_from_db()
        assert listing.valid_to == local_date(now()) + timedelta(days=1)

    def test_a_vertical_agency_is_seated_and_leaves(self, admin: Client, world: World) -> None:
        where = reverse("admin:vertical")
        typed = {
            "agency": world.other.code, "centre": world.centre.code, "mode": "SENT_STAFF", "valid_from": today(),
        }  # fmt: skip
        admin.post(where, typed)
        seat = VerticalSeat.objects.get()
        assert "Cử người đến trung tâm" in page_of(admin.get(where))
        leave = reverse("admin:unseat", args=[seat.pk])
        assert admin.get(leave).status_code == 200
        admin.post(leave, {"on": today(5), "reason": "Chuyển trụ sở"})
        seat.refresh_from_db()
        assert seat.valid_to
