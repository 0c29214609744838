"""Liên thông và phi địa giới: one filing through three agencies, and a dossier taken in for another place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from motcua.core.text import fold
from motcua.core.time import now
from motcua.foundation.org.operations.agencies import create_agency
from motcua.service.dossiers.models import Dossier, PaperTransfer
from motcua.service.dossiers.states import State
from motcua.service.dossiers.tests.test_elsewhere import clerk_at
from motcua.service.dossiers.tests.world import BEGINNING, LONG_AGO
from motcua.service.linking.models import Bundle
from motcua.service.linking.tests.world import Linked, build_linked
from motcua.service.procedures.models import Procedure
from motcua.service.procedures.operations.listing import list_boundary_free
from tests.journeys.conftest import enter, tick_all

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def linked(seeded: None, settings: Any, tmp_path: Path) -> Linked:
    disk = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path / "files")},
    }
    settings.STORAGES = {**settings.STORAGES, "default": disk}
    settings.CLAMAV = ""
    return build_linked()


def settle(linked: Linked, dossier: Dossier, sign_in: Any, open_page: Any) -> None:
    """The officer proposes on the page; signature and issue follow by the same operations as elsewhere."""
    from motcua.service.dossiers.operations.deciding import sign
    from motcua.service.dossiers.operations.returning import issue

    page = open_page()
    sign_in(page, linked.person(dossier, "OFFICER"))
    page.goto(f"/ban-lam-viec/ho-so/{dossier.pk}/")
    page.click("text=Nhận việc >> nth=0")
    page.wait_for_load_state("networkidle")
    page.goto(f"/ban-lam-viec/ho-so/{dossier.pk}/")
    page.check("input[name=outcome][value=APPROVE]")
    page.click("button[form=act] >> nth=0")
    page.wait_for_load_state("networkidle")
    dossier.refresh_from_db()
    assert dossier.state == State.DECIDED
    sign(dossier_id=dossier.pk, by=linked.person(dossier, "LEADER"), at=now())
    issue(
        dossier_id=dossier.pk,
        number="15/KQ",
        issued_on=now().date(),
        by=linked.person(dossier, "RECORDS"),
        at=now(),
    )
    page.context.close()


class TestLinkedBirth:
    def test_goes_through_three_agencies_on_one_receipt(
        self, linked: Linked, open_page: Any, sign_in: Any, axe: Any, picture: Any
    ) -> None:
        page = open_page()
        enter(page, "motcua")
        page.goto(f"/quay/tiep-nhan/{linked.applicant.pk}/")
        page.click("text=Nhóm liên thông")
        axe(page)
        picture(page, "lien-thong-01-nhom")
        page.click(".pick-list a >> nth=0")
        tick_all(page)
        axe(page)
        picture(page, "lien-thong-02-giay-to")
        told = page.locator(".appointment-day time").get_attribute("datetime")
        page.click("#receive")
        page.wait_for_selector("text=Các phần (3)")
        axe(page)
        picture(page, "lien-thong-03-bo-ho-so")
        bundle = Bundle.objects.get()
        assert bundle.due_at.isoformat()[:16] in told or bundle.due_at is not None
        receipt = page.request.get(f"/quay/lien-thong/{bundle.pk}/giay-hen/")
        assert receipt.body().startswith(b"%PDF")

        home = linked.dossier(bundle, "residence")
        desk = open_page()
        sign_in(desk, linked.person(home, "OFFICER"))
        desk.goto(f"/ban-lam-viec/ho-so/{home.pk}/")
        assert desk.locator("text=Chờ Giấy khai sinh từ").count()
        axe(desk)
        picture(desk, "lien-thong-04-phan-cho")
        desk.goto(f"/ban-lam-viec/ho-so/{linked.dossier(bundle, 'birth').pk}/")
        assert desk.locator("text=không thuộc phạm vi bạn được xem").count()

        for key in ("birth", "residence", "card"):
            settle(linked, linked.dossier(bundle, key), sign_in, open_page)
        page.reload()
        assert page.locator("text=Đủ kết quả, chờ trả").count()
        axe(page)
        picture(page, "lien-thong-05-du-ket-qua")
        page.fill("#f-receiver_name", "Lê Văn Bố")
        page.click("text=Trả 3 kết quả")
        page.wait_for_selector("text=Đã trả đủ kết quả")

        citizen = open_page(f"/tra-cuu/?ma={bundle.code}", width=390)
        citizen.fill("#f-so", "1234")
        citizen.click("main button[type=submit]")
        citizen.wait_for_selector("text=Các phần (3/3 có kết quả)")
        axe(citizen)
        picture(citizen, "lien-thong-06-tra-cuu")


class TestBoundaryFree:
    def test_is_taken_in_here_for_there_and_the_paper_follows(
        self, world: Any, open_page: Any, sign_in: Any, axe: Any, picture: Any
    ) -> None:
        Procedure.objects.update(words=f" {fold(world.procedure.code)} {world.procedure.name_folded}")
        far = create_agency(
            code="H31.101.01", name="Trung tâm Phục vụ hành chính công xã Xa", kind="CENTRE", parent=world.province,
            valid_from=LONG_AGO, by=None, at=BEGINNING,
        )  # fmt: skip
        list_boundary_free(
            procedure=world.procedure, scope="PROVINCE", decision="12/QĐ-UBND", by=None, at=BEGINNING,
            valid_from=LONG_AGO,
        )  # fmt: skip
        clerk_at(far, "motcuaxa")
        page = open_page()
        enter(page, "motcuaxa")
        page.goto(f"/quay/tiep-nhan/{world.applicant.pk}/")
        page.click("text=Phi địa giới")
        page.fill("#f-q", "trich luc")
        page.fill("#f-co-quan", "tu phap")
        page.click("main button[type=submit] >> nth=0")
        page.wait_for_selector("text=Sở Tư pháp giải quyết")
        axe(page)
        picture(page, "phi-dia-gioi-01-chon-noi")
        page.click(".pick-list a >> nth=0")
        assert page.locator("text=Phi địa giới: nhận tại").count()
        tick_all(page)
        picture(page, "phi-dia-gioi-02-giay-to")
        page.click("#receive")
        page.wait_for_selector("text=Đã tiếp nhận hồ sơ")
        dossier = Dossier.objects.get()
        assert dossier.is_boundary_free
        page.click("button:has-text('Bàn giao') >> nth=0")
        page.wait_for_load_state("networkidle")
        dossier.refresh_from_db()
        assert dossier.agency_received_at is not None
        page.goto("/quay/ho-so-giay/")
        axe(page)
        picture(page, "phi-dia-gioi-03-ho-so-giay")
        page.check("input[name=id]")
        page.click("button:has-text('Giao')")
        page.wait_for_selector("text=Phiếu số 1")
        page.click("text=Phiếu số 1")
        axe(page)
        picture(page, "phi-dia-gioi-04-phieu-giao")

        desk = open_page()
        sign_in(desk, world.records)
        desk.goto("/ban-lam-viec/ho-so-giay/")
        axe(desk)
        picture(desk, "phi-dia-gioi-05-nhan-ho-so-giay")
        desk.check("input[name=id]")
        desk.click("button:has-text('Đã nhận')")
        desk.wait_for_selector("text=Đã nhận 1 hồ sơ giấy")
        assert PaperTransfer.objects.get().received_by == world.records
