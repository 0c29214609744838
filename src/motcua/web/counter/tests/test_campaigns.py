"""Số hóa kết quả cũ: a plan from a sheet, each number once, item by item into the store, figures that list."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.core.errors import Forbidden
from motcua.core.time import local_date, now
from motcua.foundation.documents import recognising
from motcua.foundation.documents.capabilities import Capability
from motcua.foundation.documents.tests import samples
from motcua.foundation.identity.models import Applicant, User
from motcua.service.dossiers.tests.world import World
from motcua.service.holdings.campaigns import progresses
from motcua.service.holdings.models import Campaign, CampaignItem, Digitisation, HeldPaper
from motcua.service.holdings.operations.campaigning import CampaignIn, ItemIn, open_campaign, plan_items
from motcua.service.holdings.operations.digitising import finish_scan, read
from motcua.service.holdings.operations.loading import bind_loaded
from motcua.service.holdings.operations.revising import put_back_item, strike_item
from motcua.service.results.tests.world import locked_in
from motcua.web.counter.tests.acting import text_of
from motcua.web.counter.tests.test_scanning import photo

SHEET = (
    "Số, ký hiệu;Họ tên người được cấp;Ngày cấp;Số định danh;Ngày sinh hoặc năm sinh\n"
    "12/2003;Nguyễn Thị Xuân;05/03/2003;;1999\n"
    "13/2003;Lò Văn Tám;06/03/2003;014190001237;1990\n"
    "12/2003;Nguyễn Thị Xuân;05/03/2003;;\n"
    "14/2003;;07/03/2003;;\n"
    "15/2003;Vàng A Páo;31/02/2003;;\n"
    "16/1990;Vàng A Páo;01/02/1990;;\n"
    "17/2003;Vàng A Páo;;123;\n"
)


@pytest.fixture
def campaign(world: World) -> Campaign:
    return opened(world)


def leader(world: World) -> User:
    """Who assigns work at the centre."""
    return world.head


def opened(world: World, **changes: Any) -> Campaign:
    today = local_date(now())
    given: dict[str, Any] = {
        "agency": world.department, "name": "Khai sinh 2000–2010", "title": "Giấy khai sinh", "year_from": 2000,
        "year_to": 2010, "target": 4, "decision": "QĐ 12/QĐ-STP", "responsible": world.officer, "begins_on": today,
        "ends_on": today + timedelta(days=9), **changes,
    }  # fmt: skip
    return open_campaign(CampaignIn(**given), by=leader(world), at=now())


@pytest.fixture
def officer(client: Client, world: World) -> Client:
    client.force_login(world.officer)
    return client


def imported(client: Client, campaign: Campaign, text: str = SHEET) -> Any:
    sheet = SimpleUploadedFile("kế hoạch.csv", text.encode())
    return client.post(reverse("counter:campaign", args=[campaign.pk]), {"act": "import", "sheet": sheet})


def test_a_sheet_plans_what_is_good_and_says_why_not(officer: Client, campaign: Campaign) -> None:
    answer = imported(officer, campaign)
    assert answer.status_code == 422
    page = text_of(answer)
    for words in (
        "Dòng 4: Số 12/2003 đã có trong đợt này", "Dòng 5: Thiếu tên", "Dòng 6: “31/02/2003” chưa phải là một ngày",
        "Dòng 7: Ngày cấp 01/02/1990 ngoài những năm của đợt", "Dòng 8:",
    ):  # fmt: skip
        assert words in page
    first, second = CampaignItem.objects.order_by("pk")
    assert (first.number, first.holder, first.issued_on) == ("12/2003", None, date(2003, 3, 5))
    assert second.holder == Applicant.objects.get(name="Lò Văn Tám")
    assert "Dòng 2: Số 12/2003 đã có trong đợt này" in text_of(imported(officer, campaign))
    assert CampaignItem.objects.count() == 2


def test_a_number_of_another_campaign_is_known(world: World, campaign: Campaign) -> None:
    plan_items(
        campaign_id=campaign.pk, items=[ItemIn(number="1/2001", holder_name="An")], by=world.officer, at=now()
    )
    other = opened(world, name="Đợt hai")
    told = plan_items(
        campaign_id=other.pk, items=[ItemIn(number=" 1/2001", holder_name="An")], by=world.officer, at=now()
    )
    assert told.added == 0
    assert "đã có ở đợt “Khai sinh 2000–2010”" in told.faults[0][1]


def test_an_item_walks_into_the_store_of_its_holder(
    officer: Client, world: World, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = Capability("Tesseract", "", is_present=False, advice="")
    monkeypatch.setattr(recognising, "text_recognition", lambda: missing)
    imported(officer, campaign)
    item = CampaignItem.objects.get(number="12/2003")
    address = reverse("counter:old-result", args=[item.pk])
    assert "chưa biết số định danh" in text_of(officer.get(address))
    assert officer.post(address, {"act": "pages", "file": [photo()]}).status_code == 302
    assert officer.post(address, {"act": "finish"}).status_code == 302
    digitisation = Digitisation.objects.get(item=item)
    read(digitisation_id=digitisation.pk, at=now())
    page = officer.get(address)
    assert 'value="12/2003"' in page.content.decode()
    typed = {
        "act": "confirm", "paper_type_code": "GKS", "title": "Giấy khai sinh", "abstract": "Giấy khai sinh",
        "number": "12/2003", "issued_on": "05/03/2003", "valid_from": "05/03/2003", "validity_scope": "Toàn quốc",
    }  # fmt: skip
    known = {"act": "holder", "personal_number": "014190001245", "birth": "1990"}
    assert officer.post(address, typed).status_code == 422  # whose it is belongs to the data
    assert officer.post(address, known).status_code == 302
    assert officer.post(address, typed).status_code == 302
    digitisation.refresh_from_db()
    opened_file = officer.get(reverse("desk:file", args=[digitisation.document_id]))
    assert opened_file.status_code == 200
    assert officer.post(address, {"act": "keep"}).status_code == 302
    held = HeldPaper.objects.get()
    item.refresh_from_db()
    assert (held.holder, held.number, held.provenance) == (item.holder, "12/2003", "CAMPAIGN")
    assert "đã vào kho" in text_of(officer.get(address)).lower()
    assert officer.post(address, {"act": "pages", "file": [photo("grey")]}).status_code == 422
    progress = progresses(world.officer, now())[0]
    assert (progress.planned, progress.begun, progress.kept, progress.left) == (2, 0, 1, 3)
    shown = reverse("counter:campaign", args=[campaign.pk])
    assert "12/2003" in text_of(
        officer.get(f"{shown}?loc=xong&nguoi={world.officer.pk}&ngay={local_date(now())}")
    )
    assert "12/2003" not in text_of(officer.get(f"{shown}?loc=chua"))
    csv = officer.get(f"{shown}?csv=1").content.decode("utf-8-sig")
    assert world.officer.full_name in csv
    assert "1 trong 4 kết quả" in text_of(officer.get(reverse("counter:campaigns")))


def test_without_a_number_it_waits_until_somebody_finds_whose_it_is(
    officer: Client, campaign: Campaign, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = Capability("Tesseract", "", is_present=False, advice="")
    monkeypatch.setattr(recognising, "text_recognition", lambda: missing)
    imported(officer, campaign)
    item = CampaignItem.objects.get(number="12/2003")
    address = reverse("counter:old-result", args=[item.pk])
    officer.post(address, {"act": "finish", "file": [photo()]})
    digitisation = Digitisation.objects.get(item=item)
    read(digitisation_id=digitisation.pk, at=now())
    page = officer.get(address).content.decode()
    assert 'value="Nguyễn Thị Xuân"' in page
    assert 'value="1999"' in page
    typed = {
        "act": "confirm", "paper_type_code": "GKS", "title": "Giấy khai sinh", "abstract": "Giấy khai sinh",
        "number": "12/2003", "issued_on": "05/03/2003", "valid_from": "05/03/2003", "validity_scope": "Toàn quốc",
        "issuer": "UBND", "holder_name": "Nguyễn Thị Xuân", "holder_birth_year": "1999",
    }  # fmt: skip
    assert officer.post(address, typed).status_code == 302
    assert "chờ định danh" in text_of(officer.post(address, {"act": "keep"}, follow=True))
    digitisation.refresh_from_db()
    assert (digitisation.state, HeldPaper.objects.count()) == ("AWAITING_HOLDER", 0)
    shown = reverse("counter:campaign", args=[campaign.pk])
    assert "12/2003" in text_of(officer.get(f"{shown}?loc=cho-dinh-danh"))
    assert progresses(world.officer, now())[0].awaiting == 1
    assert (
        officer.post(address, {"act": "strike", "reason": "Nhầm"}).status_code == 422
    )  # an officer has confirmed it
    # named and set aside at one moment, before the old result was taken first
    CampaignItem.objects.filter(pk=item.pk).update(holder=Applicant.objects.get(name="Lò Văn Tám"))
    assert "Ghi chủ giấy tờ" in text_of(officer.get(address))
    CampaignItem.objects.filter(pk=item.pk).update(holder=None)
    officer.post(address, {"act": "holder", "personal_number": "014190001245", "birth": "1990"})
    digitisation.refresh_from_db()
    item.refresh_from_db()
    held = HeldPaper.objects.get()
    assert (digitisation.state, digitisation.held, held.holder, held.trust) == (
        "KEPT",
        held,
        item.holder,
        "CHECKED",
    )
    assert digitisation.document.holder_id == item.holder_id
    assert progresses(world.officer, now())[0].awaiting == 0


def test_the_measure_changes_with_a_reason_and_a_campaign_closes_early(
    client: Client, campaign: Campaign, world: World
) -> None:
    change = reverse("counter:campaign-change", args=[campaign.pk])
    client.force_login(world.officer)
    assert client.get(change).status_code == 403
    client.force_login(leader(world))
    given = {
        "act": "change", "target": "9", "ends_on": f"{campaign.ends_on:%d/%m/%Y}", "responsible": world.officer.pk,
        "procedure": f"{world.procedure.code} {world.procedure.name}", "reason": "",
    }  # fmt: skip
    assert "Hãy ghi lý do sửa" in text_of(client.post(change, given))
    assert "Không có thủ tục mã “9.9”" in text_of(
        client.post(change, {**given, "procedure": "9.9", "reason": "a"})
    )
    assert client.post(change, {**given, "reason": "Tìm thêm sổ"}).status_code == 302
    campaign.refresh_from_db()
    assert (campaign.target, campaign.procedure) == (9, world.procedure)
    shown = reverse("counter:campaign", args=[campaign.pk])
    page = text_of(client.get(shown))
    assert "số kết quả phải số hóa từ 4 thành 9" in page
    assert "Lý do: Tìm thêm sổ" in page
    assert client.post(change, {"act": "close", "close_reason": "Đã chuyển cho xã"}).status_code == 302
    refused = imported(client, campaign)
    assert refused.status_code == 422
    assert "đã đóng" in text_of(refused)
    assert not progresses(leader(world), now() + timedelta(days=90))[0].is_late(
        local_date(now()) + timedelta(days=90)
    )
    assert client.post(change, {**given, "reason": "Thêm"}).status_code == 422
    assert client.post(change, {"act": "reopen", "reopen_reason": "Còn sót"}).status_code == 302
    assert CampaignItem.objects.count() == 0
    assert imported(client, campaign).status_code == 422  # some rows of the sheet are wrong, others are in
    assert CampaignItem.objects.count() == 2


def test_an_item_is_struck_off_and_put_back(officer: Client, campaign: Campaign, world: World) -> None:
    imported(officer, campaign)
    item = CampaignItem.objects.get(number="13/2003")
    address, shown = (
        reverse("counter:old-result", args=[item.pk]),
        reverse("counter:campaign", args=[campaign.pk]),
    )
    assert "Hãy ghi lý do gạch" in text_of(officer.post(address, {"act": "strike"}))
    assert officer.post(address, {"act": "strike", "reason": "Ghi trùng"}).status_code == 302
    assert "Lò Văn Tám" not in text_of(officer.get(shown))
    assert "Đã gạch: Ghi trùng" in text_of(officer.get(f"{shown}?loc=gach"))
    assert "đã gạch (Ghi trùng)" in text_of(imported(officer, campaign))
    assert officer.post(address, {"act": "pages", "file": [photo()]}).status_code == 422
    progress = progresses(world.officer, now())[0]
    assert (progress.planned, progress.struck) == (1, 1)
    other = opened(world, name="Đợt hai")
    plan = [ItemIn(number="13/2003", holder_name="Lò Văn Tám")]
    assert plan_items(campaign_id=other.pk, items=plan, by=world.officer, at=now()).added == 1
    assert "đã có ở đợt “Đợt hai”" in text_of(officer.post(address, {"act": "put-back"}))
    CampaignItem.objects.filter(campaign=other).delete()
    assert officer.post(address, {"act": "put-back"}).status_code == 302
    assert "Lò Văn Tám" in text_of(officer.get(shown))


def test_whoever_works_on_an_item_waits_for_who_decides_on_it(
    officer: Client, campaign: Campaign, world: World
) -> None:
    imported(officer, campaign)
    other = opened(world, name="Đợt hai")
    opened(world, name="Trích lục", title="Trích lục")
    item = CampaignItem.objects.get(number="13/2003")
    address = reverse("counter:old-result", args=[item.pk])

    def taken(act: Callable[[], object]) -> list[str]:
        with CaptureQueriesContext(connection) as ran:
            act()
        return [one for one in locked_in(ran) if one.startswith("holdings_")]

    both = ["holdings_campaignitem", "holdings_digitisation"]
    officer.post(address, {"act": "pages", "file": [photo()]})
    last = item.digitisations.get()
    given: dict[str, Any] = {"by": world.officer, "at": now()}
    assert taken(lambda: finish_scan(digitisation_id=last.pk, **given)) == both
    assert taken(lambda: strike_item(item_id=item.pk, reason="Nhầm", **given)) == both
    before = ["holdings_campaign", "holdings_campaignitem"]
    assert taken(lambda: put_back_item(item_id=item.pk, **given)) == before
    plan = [ItemIn(number="13/2003", holder_name="Lò Văn Tám")]
    assert taken(lambda: plan_items(campaign_id=other.pk, items=plan, **given)) == before[:1]
    alike = [Campaign.objects.filter(pk=one.pk).lock_alike() for one in (campaign, other)]
    assert list(alike[0]) == list(alike[1]) == sorted([campaign.pk, other.pk])


def test_scans_made_elsewhere_come_in_a_zip(officer: Client, campaign: Campaign, world: World) -> None:
    imported(officer, campaign)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("2003/12-2003.pdf", samples.pdf(2))
        archive.writestr("13_2003.pdf", samples.image())
        archive.writestr("99-2003.pdf", samples.pdf(1))
        archive.writestr("__MACOSX/._12-2003.pdf", b"x")
    shown = reverse("counter:campaign", args=[campaign.pk])

    def load() -> Any:
        return officer.post(
            shown, {"act": "scans", "scans": SimpleUploadedFile("quét.zip", packed.getvalue())}
        )

    page = text_of(load())
    assert "Đã nạp 1 bản quét, chưa nạp được 2 tệp" in page
    assert "13_2003.pdf: Tệp không phải PDF" in page
    assert "99-2003.pdf: Không có kết quả nào số “99-2003”" in page
    loaded = Digitisation.objects.get()
    bind_loaded(digitisation_id=loaded.pk, by=world.officer, at=now())
    loaded.refresh_from_db()
    assert (loaded.state, loaded.item.number) == ("SCANNED", "12/2003")
    assert "đã có bản quét" in text_of(load())
    assert Digitisation.objects.count() == 1


def test_only_who_assigns_opens_and_nobody_elses_agency_sees(client: Client, world: World) -> None:
    with pytest.raises(Forbidden):
        open_campaign(
            CampaignIn(
                agency=world.department, name="a", title="b", year_from=2000, year_to=2001, target=1, decision="c",
                responsible=world.officer, begins_on=date(2026, 1, 1), ends_on=date(2026, 1, 2),
            ),
            by=world.officer, at=now(),
        )  # fmt: skip
    campaign = opened(world)
    client.force_login(leader(world))
    today = f"{local_date(now()):%d/%m/%Y}"
    form = {
        "key": str(campaign.pk), "name": "Đợt", "agency": world.department.pk, "title": "Giấy khai sinh",
        "year_from": "2000", "year_to": "1999", "target": "10", "begins_on": today, "ends_on": today,
        "responsible": world.officer.pk, "decision": "QĐ 1",
    }  # fmt: skip
    refused = client.post(reverse("counter:campaign-new"), {**form, "key": ""})
    assert "Năm cuối không trước năm đầu" in text_of(refused)
    client.post(reverse("counter:campaign-new"), form)  # sent twice it is one
    assert Campaign.objects.count() == 1
    client.force_login(world.stranger)
    assert client.get(reverse("counter:campaign", args=[campaign.pk])).status_code in {403, 404}
