from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from motcua.core.time import local_date, now
from motcua.foundation.identity.tests.factories import staff
from motcua.foundation.org.models import Agency, OneStopUnit, Post
from motcua.service.dossiers.tests.world import World
from motcua.web.admin.tests.conftest import Entering, page_of


def day(ahead: int = 0) -> str:
    return f"{local_date(now()) + timedelta(days=ahead):%d/%m/%Y}"


def new_agency(**changes: str) -> dict[str, str]:
    return {
        "name": "Sở Y tế", "code": "h31.9", "kind": "DEPARTMENT", "parent": "Tỉnh Mẫu (H31)", "valid_from": day(),
        **changes,
    }  # fmt: skip


class TestTree:
    def test_shows_the_tree_of_today_and_the_names_of_that_day(self, admin: Client, world: World) -> None:
        admin.post(
            reverse("admin:rename-agency", args=[world.department.pk]),
            {"name": "Sở Nội vụ và Tư pháp", "on": day()},
        )

        assert "Sở Nội vụ và Tư pháp" in page_of(admin.get(reverse("admin:agencies")))
        assert "Sở Nội vụ và Tư pháp" not in page_of(
            admin.get(reverse("admin:agencies"), {"on": "01/10/2025"})
        )

    def test_finds_by_an_old_name_without_marks(self, admin: Client, world: World) -> None:
        assert "Sở Tư pháp" in page_of(admin.get(reverse("admin:agencies"), {"q": "so tu phap"}))

    def test_a_nonsense_day_is_today(self, admin: Client, world: World) -> None:
        assert admin.get(reverse("admin:agencies"), {"on": "31/02/2026"}).status_code == 200


class TestFounding:
    def test_founds_an_agency(self, admin: Client, world: World) -> None:
        answer = admin.post(reverse("admin:new-agency"), new_agency())

        made = Agency.objects.get(code="H31.9")
        assert (answer.status_code, answer["Location"]) == (302, reverse("admin:agency", args=[made.pk]))
        assert made.parent == world.province

    @pytest.mark.parametrize(
        ("field", "value", "sentence"),
        [
            ("name", "", "Hãy nhập tên cơ quan."),
            ("code", "H31.2", "đang được một cơ quan khác dùng"),
            ("parent", "Sở Không Có", "Không có cơ quan nào đang hoạt động"),
            ("valid_from", "31/02/2026", "chưa phải là một ngày"),
            ("kind", "x", "Chọn một trong các mục đã cho."),
        ],
    )
    def test_says_what_is_wrong_beside_the_field(
        self, admin: Client, world: World, field: str, value: str, sentence: str
    ) -> None:
        answer = admin.post(reverse("admin:new-agency"), new_agency(**{field: value}))

        assert answer.status_code == 422
        assert sentence in page_of(answer)
        assert not Agency.objects.filter(code="H31.9").exists()

    def test_only_below_what_one_administers(self, world: World, enter: Entering) -> None:
        local = enter(staff("ADMIN", world.department))

        assert local.post(reverse("admin:new-agency"), new_agency()).status_code == 403
        assert local.post(reverse("admin:new-agency"), new_agency(parent="")).status_code == 403
        assert local.post(reverse("admin:new-agency"), new_agency(parent="H31.2")).status_code == 302


class TestActs:
    def test_moves_an_agency(self, admin: Client, world: World) -> None:
        admin.post(reverse("admin:move-agency", args=[world.other.pk]), {"parent": "H31.2", "on": day()})

        world.other.refresh_from_db()
        assert world.other.parent == world.department

    def test_never_under_itself(self, admin: Client, world: World) -> None:
        answer = admin.post(
            reverse("admin:move-agency", args=[world.other.pk]), {"parent": "H31.3", "on": day()}
        )

        assert answer.status_code == 422
        assert "dưới chính nó" in page_of(answer)

    def test_changes_how_to_reach_it(self, admin: Client, world: World) -> None:
        admin.post(reverse("admin:describe-agency", args=[world.other.pk]), {"phone": "0203 123 456"})

        world.other.refresh_from_db()
        assert world.other.phone == "0203 123 456"

    def test_closes_with_successors(self, admin: Client, world: World) -> None:
        given = {"on": day(1), "successor-0": "Sở Tư pháp (H31.2)", "share-0": "WHOLE"}

        answer = admin.post(reverse("admin:close-agency", args=[world.other.pk]), given)

        assert answer.status_code == 302
        world.other.refresh_from_db()
        assert world.other.valid_to == local_date(now())
        assert world.other.successions.get().successor == world.department

    def test_asks_for_an_heir_before_closing(self, admin: Client, world: World) -> None:
        address = reverse("admin:close-agency", args=[world.other.pk])

        refused = admin.post(address, {"on": day(1)})
        assert refused.status_code == 422
        assert "Hãy chọn cơ quan kế thừa" in page_of(refused)
        assert admin.post(address, {"on": day(1), "no_heir": "1"}).status_code == 302

    def test_does_not_close_above_the_living(self, admin: Client, world: World) -> None:
        answer = admin.post(
            reverse("admin:close-agency", args=[world.province.pk]), {"on": day(1), "no_heir": "1"}
        )

        assert answer.status_code == 422
        assert "Còn 3 cơ quan trực thuộc" in page_of(answer)

    def test_opens_and_ends_a_post_and_a_unit(self, admin: Client, world: World) -> None:
        place = world.other.pk
        admin.post(
            reverse("admin:new-post", args=[place]),
            {"title": "Văn thư sở", "role": "RECORDS", "valid_from": day(-9)},
        )
        admin.post(
            reverse("admin:new-unit", args=[place]),
            {"name": "Một cửa sở", "code": "MC9", "valid_from": day(-9)},
        )
        post, unit = Post.objects.get(title="Văn thư sở"), OneStopUnit.objects.get(code="MC9")

        admin.post(reverse("admin:end", args=[place, "vi-tri", post.pk]), {"on": day()})
        admin.post(reverse("admin:end", args=[place, "mot-cua", unit.pk]), {"on": day()})

        post.refresh_from_db()
        unit.refresh_from_db()
        assert post.valid_to == unit.valid_to == local_date(now()) - timedelta(days=1)

    def test_shows_people_history_and_names(self, admin: Client, world: World) -> None:
        page = page_of(admin.get(reverse("admin:agency", args=[world.department.pk])))

        assert world.officer.full_name in page
        assert "Thành lập cơ quan" in page

    def test_there_is_no_such_agency(self, admin: Client) -> None:
        assert admin.get(reverse("admin:agency", args=[999999])).status_code == 404

    def test_another_places_administrator_changes_nothing_here(self, world: World, enter: Entering) -> None:
        local = enter(staff("ADMIN", world.department))

        for name in (
            "rename-agency",
            "move-agency",
            "describe-agency",
            "close-agency",
            "new-post",
            "new-unit",
        ):
            assert local.get(reverse(f"admin:{name}", args=[world.other.pk])).status_code == 403
            assert local.post(reverse(f"admin:{name}", args=[world.other.pk])).status_code == 403
