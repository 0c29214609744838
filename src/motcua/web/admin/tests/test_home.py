from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from motcua.foundation.ledger.models import Delivery, Line
from motcua.service.dossiers.tests.world import World
from motcua.web.admin.tests.conftest import Entering, page_of

PAGES = ("agencies", "new-agency", "staff", "new-staff", "delegations", "calendars", "new-calendar", "procedures",
         "procedure-import", "workflows", "new-workflow", "audit", "verification", "dead-letters")  # fmt: skip


class TestDoors:
    @pytest.mark.parametrize("name", ["index", *PAGES])
    def test_every_page_opens_for_the_administrator(self, admin: Client, name: str) -> None:
        assert admin.get(reverse(f"admin:{name}")).status_code == 200

    @pytest.mark.parametrize("name", ["index", *PAGES])
    def test_no_page_opens_for_a_clerk(self, clerk: Client, name: str) -> None:
        assert clerk.get(reverse(f"admin:{name}")).status_code == 403

    def test_without_second_factor_nothing_opens(self, world: World) -> None:
        client = Client()
        client.force_login(world.admin, backend="motcua.foundation.identity.backends.StaffBackend")

        answer = client.get(reverse("admin:index"))

        assert (answer.status_code, answer["Location"].split("?")[0]) == (
            302,
            reverse("accounts:second-factor"),
        )


class TestHome:
    def test_shows_figures_that_link_and_what_to_install(self, admin: Client) -> None:
        page = page_of(admin.get(reverse("admin:index")))

        assert "cơ quan đang hoạt động" in page
        assert "ClamAV" in page
        assert reverse("admin:verification") in page

    def test_shows_an_auditor_only_what_an_auditor_may(self, world: World, enter: Entering) -> None:
        from motcua.foundation.identity.tests.factories import staff

        page = page_of(enter(staff("AUDITOR", world.province)).get(reverse("admin:index")))

        assert reverse("admin:audit") in page
        assert reverse("admin:staff") not in page

    def test_says_that_the_worker_seems_dead(self, admin: Client) -> None:
        a_delivery("PENDING", "now() - interval '20 minutes'")

        assert "tiến trình nền có thể đã dừng" in page_of(admin.get(reverse("admin:index")))


def a_delivery(state: str, next_at: str = "now()") -> Delivery:
    line = Line.objects.first()
    assert line is not None
    made = Delivery.objects.create(
        line=line,
        subject_id=line.subject_id,
        listener="x.y",
        state=state,
        last_error="Không tới được máy chủ",
    )
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE ledger_delivery SET next_at = {next_at} WHERE id = %s", [made.pk])  # noqa: S608
    return made


class TestDeadLetters:
    def test_lists_them_with_their_error_and_gives_one_a_new_life(self, admin: Client) -> None:
        letter, other = a_delivery("DEAD"), a_delivery("DEAD")
        assert "Không tới được máy chủ" in page_of(admin.get(reverse("admin:dead-letters")))

        admin.post(reverse("admin:revival"), {"letter": letter.pk})

        letter.refresh_from_db()
        other.refresh_from_db()
        assert (letter.state, other.state) == ("PENDING", "DEAD")

    def test_revives_all_at_once(self, admin: Client) -> None:
        a_delivery("DEAD"), a_delivery("DEAD")

        admin.post(reverse("admin:revival"))

        assert not Delivery.objects.filter(state="DEAD").exists()

    def test_says_so_when_it_is_gone(self, admin: Client) -> None:
        assert admin.post(reverse("admin:revival"), {"letter": "999999"}).status_code == 422


class TestVerification:
    def test_reads_everything_again(self, admin: Client) -> None:
        assert "Nhật ký nguyên vẹn" in page_of(admin.post(reverse("admin:verification")))

    def test_shows_where_it_was_touched(self, admin: Client, world: World) -> None:
        touch(
            world.procedure.uid
            if Line.objects.filter(subject_id=world.procedure.uid).exists()
            else world.clerk.pk
        )

        page = page_of(admin.post(reverse("admin:verification")))

        assert "Nhật ký đã bị sửa" in page
        assert "nội dung đã bị sửa" in page


def touch(subject_id: Any) -> None:
    """Change a line behind the application's back, as somebody with the password of the database could."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            'UPDATE ledger_line SET payload = \'{"username": "x"}\' WHERE subject_id = %s AND number = 1',
            [subject_id],
        )
        cursor.execute("SET LOCAL session_replication_role = origin")


class TestAudit:
    def test_reads_what_was_done_with_a_dossier(self, world: World, enter: Entering) -> None:
        from motcua.foundation.identity.tests.factories import staff

        dossier = world.receive()
        auditor = enter(staff("AUDITOR", world.province))

        page = page_of(auditor.get(reverse("admin:audit"), {"q": dossier.code}))

        assert world.clerk.full_name in page
        assert "Chuỗi nguyên vẹn" in page

    def test_hides_a_dossier_of_another_place(self, world: World, enter: Entering) -> None:
        from motcua.foundation.identity.tests.factories import an_agency, staff

        dossier = world.receive()
        stranger = enter(staff("AUDITOR", an_agency()))

        assert "Không thấy đối tượng nào" in page_of(
            stranger.get(reverse("admin:audit"), {"q": dossier.code})
        )
        assert stranger.get(reverse("admin:audit"), {"subject": str(dossier.pk)}).status_code == 404

    def test_shows_that_the_chain_was_touched(self, world: World, admin: Client) -> None:
        touch(world.clerk.pk)

        assert "Chuỗi đã bị sửa" in page_of(
            admin.get(reverse("admin:audit"), {"subject": str(world.clerk.pk)})
        )

    def test_offers_a_choice_when_several_bear_the_name(self, world: World, admin: Client) -> None:
        page = page_of(admin.get(reverse("admin:audit"), {"q": "sở"}))

        assert "Sở Tư pháp" in page
        assert "Sở Xây dựng" in page

    @pytest.mark.parametrize("asked", ["khong-phai-uuid", "018f0000-0000-7000-8000-000000000000"])
    def test_says_so_when_there_is_none(self, admin: Client, asked: str) -> None:
        assert admin.get(reverse("admin:audit"), {"subject": asked}).status_code == 404


class TestNonsense:
    @pytest.mark.parametrize(
        "address",
        [
            "/quan-tri/nhan-su/?q=%00",
            "/quan-tri/nhan-su/?agency=99999999999999999999",
            "/quan-tri/thu-tuc/%00/",
            "/quan-tri/nhat-ky/?q=x%00",
            "/quan-tri/co-quan/99999999999999999999/",
            "/quan-tri/co-quan/thanh-lap/?parent=99999999999999999999",
            "/quan-tri/quy-trinh/?page=0",
            "/quan-tri/quy-trinh/?page=99999999",
        ],
    )
    def test_in_an_address_is_answered(self, admin: Client, address: str) -> None:
        assert admin.get(address).status_code in {200, 400, 404}

    def test_in_a_form_is_refused(self, admin: Client) -> None:
        assert (
            admin.post(reverse("admin:new-staff"), {"full_name": "a\0b", "username": "x.yz"}).status_code
            == 400
        )
