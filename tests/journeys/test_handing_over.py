"""Bàn giao của người nghỉ việc: a hundred and twenty dossiers find other hands, and the account is closed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from motcua.foundation.identity.operations.staffing import appoint, create_staff
from motcua.foundation.ledger.models import Line
from motcua.foundation.ledger.outbox import deliver_due
from motcua.foundation.org.models import Role
from motcua.foundation.org.operations.posts import open_post
from motcua.service.dossiers.models import Dossier, HandingOver
from motcua.service.dossiers.tests.world import BEGINNING, LONG_AGO, MONDAY, World
from tests.journeys.conftest import PASSWORD, enter
from tests.journeys.test_bad_input import in_work

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

MANY = 120


def held_by_the_officer(world: World) -> list[Dossier]:
    """So many dossiers in the officer's hands; the last is due first."""
    dossiers = [in_work(world) for _ in range(MANY)]
    for number, dossier in enumerate(dossiers):
        Dossier.objects.filter(pk=dossier.pk).update(due_at=MONDAY + timedelta(days=400 - number))
    return dossiers


def a_third_officer(world: World) -> Any:
    role = Role.objects.get(code="OFFICER")
    person = create_staff(
        username="chuyenvien3", full_name="Lý Thị Hoa", password=PASSWORD, by=None, at=BEGINNING
    )
    post = open_post(
        agency=world.department, title="Chuyên viên 3", role=role, valid_from=LONG_AGO, by=None, at=BEGINNING
    )
    appoint(person, post=post, valid_from=LONG_AGO, by=None, at=BEGINNING)
    return person


class TestALeaver:
    def test_hands_over_a_hundred_and_twenty_dossiers(
        self, world: World, open_page: Any, axe: Any, picture: Any
    ) -> None:
        held_by_the_officer(world)
        other = a_third_officer(world)

        # The administrator cannot close the account: there is work in hand, and a way to hand it over.
        admin = open_page()
        enter(admin, "quantri")
        admin.goto(f"/quan-tri/nhan-su/{world.officer.pk}/khoa/")
        admin.fill("#f-reason", "Nghỉ hưu từ 01/12/2026")
        admin.click("main button[type=submit]:has-text('Khóa tài khoản')")
        admin.wait_for_selector(f"text=đang giữ {MANY} hồ sơ. Hãy bàn giao công việc")
        axe(admin)

        # The head of division chooses whose work it is and sees who would get what.
        head = open_page()
        enter(head, "truongphong")
        head.goto("/ban-lam-viec/ban-giao/")
        axe(head)
        picture(head, "ban-giao-chon-nguoi")
        head.click("text=Hoàng Minh Em")
        head.wait_for_selector("text=Vì sao?")
        assert head.locator("tbody select").count() == MANY
        assert "nhận 60" in head.inner_text("main")
        axe(head)
        picture(head, "ban-giao-xem-truoc")

        # One row is changed by hand, the reason is forgotten, nothing is lost.
        head.locator("tbody select").nth(0).select_option(str(other.pk))
        head.fill("#f-note", "Theo Quyết định 12/QĐ-STP")
        head.click("main .form-actions button[type=submit]")
        head.wait_for_selector("text=Hãy chọn lý do bàn giao.")
        assert head.input_value("#f-note") == "Theo Quyết định 12/QĐ-STP"
        assert head.locator("tbody select").nth(0).input_value() == str(other.pk)
        head.check("input[name=reason][value=LEAVER]")
        head.click("main .form-actions button[type=submit]")
        head.wait_for_selector("text=Bàn giao công việc")
        while deliver_due():  # what the page has left to the worker
            pass
        head.wait_for_selector(f"text={MANY} xong", timeout=30_000)
        axe(head)
        picture(head, "ban-giao-ket-qua")

        assert not Dossier.objects.held_by(world.officer).exists()
        assert (
            Dossier.objects.held_by(other).count() + Dossier.objects.held_by(world.colleague).count() == MANY
        )
        assert Line.objects.filter(name="DossierAssigned").count() == MANY
        assert Line.objects.get(subject_id=HandingOver.objects.get().pk).payload["reason"] == "LEAVER"

        # Now the account may be closed.
        admin.goto(f"/quan-tri/nhan-su/{world.officer.pk}/khoa/")
        admin.fill("#f-reason", "Nghỉ hưu từ 01/12/2026")
        admin.click("main button[type=submit]:has-text('Khóa tài khoản')")
        admin.wait_for_selector("text=Đã khóa tài khoản")
        world.officer.refresh_from_db()
        assert not world.officer.is_active
