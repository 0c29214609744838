"""Kho giấy tờ tại quầy: offered, ticked before, used with consent; asked for on paper only with a reason."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from motcua.core.ids import new_id
from motcua.core.time import now
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.tests.world import BEGINNING, World
from motcua.service.holdings.models import Demand, HeldPaper, PaperUse
from motcua.service.holdings.operations.keeping import match, set_paper_type
from motcua.service.holdings.tests.conftest import kept
from motcua.web.counter.tests.acting import queries_of, received, reception_url, text_of, ticked


@pytest.fixture
def held(world: World) -> HeldPaper:
    kind = set_paper_type(
        code="CCCD", name="Thẻ căn cước", validity="PRINTED", is_single=True, valid_from=date(2025, 7, 1),
        by_id=None, at=BEGINNING,
    )  # fmt: skip
    match(kind, "Giấy tờ tùy thân")
    return kept(world.applicant, kind, printed_until=date(2099, 1, 1))


@pytest.fixture
def field(world: World) -> str:
    return f"paper-{world.papers[1].pk}"


class TestReception:
    def test_offers_and_ticks_what_is_held_and_tells_the_holder(
        self, clerk: Client, world: World, held: HeldPaper, field: str
    ) -> None:
        address = reception_url(world)
        for _ in range(2):
            page = clerk.get(address)
        assert f'name="{field}" value="HELD" checked' in page.content.decode()
        assert "Đã có trong kho: Thẻ căn cước số •••••••••234" in text_of(page)
        assert PaperUse.objects.get().kind == "LISTED"

    def test_offers_the_store_only_where_it_holds(
        self, clerk: Client, world: World, held: HeldPaper, field: str
    ) -> None:
        page = clerk.get(reception_url(world)).content.decode()
        assert page.count('value="HELD"') == 1
        assert "033190001234" not in page

    def test_uses_it_with_consent(self, clerk: Client, world: World, held: HeldPaper, field: str) -> None:
        address = reception_url(world)
        refused = clerk.post(address, ticked(world, **{field: "HELD"}))
        assert refused.status_code == 422
        assert "Hãy hỏi người nộp có đồng ý" in text_of(refused)
        taken = clerk.post(address, ticked(world, **{field: "HELD", "consent": "ORAL"}))
        assert taken.status_code == 302
        assert PaperUse.objects.used().get().subject_id == Dossier.objects.get().pk

    def test_takes_it_on_paper_only_with_a_reason(
        self, clerk: Client, world: World, held: HeldPaper, field: str
    ) -> None:
        address, key = reception_url(world), world.papers[1].pk
        refused = clerk.post(address, ticked(world))
        assert refused.status_code == 422
        assert "đã có trong kho" in text_of(refused)
        why = {f"why-{key}": "DIFFERS", f"words-{key}": "Ảnh trên thẻ không phải người này"}
        assert clerk.post(address, ticked(world, **why)).status_code == 302
        assert Demand.objects.get().reason == "DIFFERS"

    def test_ticks_nothing_as_held_that_is_not(self, clerk: Client, world: World, field: str) -> None:
        refused = clerk.post(reception_url(world), ticked(world, **{field: "HELD", "consent": "ORAL"}))
        assert refused.status_code == 422
        assert "Kho không có" in text_of(refused)
        assert not Dossier.objects.exists()

    def test_asks_no_more_for_many_held_papers(self, clerk: Client, world: World, held: HeldPaper) -> None:
        few = queries_of(clerk, reception_url(world, new_id()))
        for name in ("Tờ khai", "Giấy tờ chứng minh nơi cư trú"):
            kind = set_paper_type(
                code=name[:9], name=name, validity="FOREVER", valid_from=date(2025, 7, 1), by_id=None, at=BEGINNING
            )  # fmt: skip
            match(kind, name)
            kept(world.applicant, kind, title=name)
        assert queries_of(clerk, reception_url(world, new_id())) == few


class TestNationalStore:
    """“Tìm thêm trong kho quốc gia”, over HTTP."""

    @pytest.fixture
    def typed(self, world: World, field: str) -> dict[str, object]:
        kind = set_paper_type(
            code="KQ.002", name="Thẻ căn cước", validity="FOREVER", valid_from=date(2025, 7, 1), by_id=None, at=BEGINNING
        )  # fmt: skip
        match(kind, "Giấy tờ tùy thân")
        return ticked(world, **{field: "", "fetch": "1", "consent": "ORAL"})

    @pytest.mark.django_db(transaction=True)
    def test_finds_more_ticks_it_and_keeps_what_was_typed(
        self, clerk: Client, world: World, typed: dict[str, object], field: str, settings: Settings, live_server: Any
    ) -> None:  # fmt: skip
        settings.SIMULATORS = True
        settings.NATIONAL_PAPERS_URL = f"{live_server.url}/mo-phong/kho-quoc-gia"
        address = reception_url(world)
        assert "Tìm thêm trong kho quốc gia" in text_of(clerk.get(address))
        refused = clerk.post(address, {**typed, "consent": ""})
        assert refused.status_code == 422
        assert not HeldPaper.objects.exists()
        first, again = clerk.post(address, typed), clerk.post(address, typed)
        for page in (first, again):
            assert f'name="{field}" value="HELD" checked' in page.content.decode()
        assert "Kho quốc gia có 1 giấy tờ, dùng được 1" in text_of(first)
        assert HeldPaper.objects.get().provenance == "NATIONAL"
        typed.pop("fetch")
        done = clerk.post(address, {**typed, field: "HELD"})
        assert done.status_code == 302, text_of(done)

    def test_says_that_it_is_down_and_loses_nothing(
        self, clerk: Client, world: World, typed: dict[str, object], settings: Settings
    ) -> None:
        settings.NATIONAL_PAPERS_URL = "http://127.0.0.1:9"
        refused = clerk.post(reception_url(world), typed)
        assert refused.status_code == 422
        assert "Hãy thử lại sau ít phút, hoặc nhận giấy của người nộp như thường" in text_of(refused)
        assert refused.content.decode().count('value="PROVIDED" checked') == len(world.papers) - 1

    def test_is_not_offered_where_it_is_not_connected(
        self, clerk: Client, world: World, settings: Settings
    ) -> None:
        settings.NATIONAL_PAPERS_URL = ""
        assert "kho quốc gia" not in text_of(clerk.get(reception_url(world)))


class TestOtherPages:
    def test_a_refusal_may_not_name_what_is_held(self, clerk: Client, world: World, held: HeldPaper) -> None:
        address = reverse("counter:refuse", args=[world.applicant.pk, world.offering.pk])
        refused = clerk.post(address, {"missing": [str(world.papers[1].pk)]})
        assert refused.status_code == 422
        assert "đã có trong kho" in text_of(refused)
        given = {"missing": [str(world.papers[1].pk)], "why-missing": "CHANGED"}
        words = {"words-missing": "Đã đổi thẻ, số mới chưa có trong kho"}
        assert clerk.post(address, given | words).status_code == 302
        assert Demand.objects.get().stage == "REFUSAL"

    def test_a_supplement_shows_what_is_held_and_asks_why(self, clerk: Client, world: World) -> None:
        dossier = received(world)
        kind = set_paper_type(
            code="CCCD", name="Thẻ căn cước", validity="FOREVER", valid_from=date(2025, 7, 1), by_id=None, at=BEGINNING
        )  # fmt: skip
        match(kind, "Giấy tờ tùy thân")
        kept(world.applicant, kind)
        address = reverse("counter:ask-supplement", args=[dossier.pk])
        assert "Đã có trong kho" in text_of(clerk.get(address))
        parts = list(dossier.parts.order_by("position"))
        form = {f"verdict-{part.pk}": "FINE" for part in parts}
        form |= {f"verdict-{parts[1].pk}": "ADD", f"instruction-{parts[1].pk}": "Nộp lại"}
        form |= {"reason": "Chưa rõ", "contact_name": "Cúc", "step": dossier.step_key}
        refused = clerk.post(address, form)
        assert refused.status_code == 422
        assert "đã có trong kho" in text_of(refused)
        form |= {f"why-{parts[1].pk}": "UNREADABLE", f"words-{parts[1].pk}": "Bản quét mờ hết chữ số"}
        assert clerk.post(address, form).status_code == 302
        assert Demand.objects.get().at > now() - timedelta(minutes=5)
