"""The page of on-line filings, and results given at once at the counter."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.test import Client

from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.tests.world import MONDAY, World, build_world
from motcua.service.filing.models import Filing
from motcua.service.filing.tests.test_filing import filed
from motcua.service.filing.tests.test_filing import world as online  # noqa: F401  a fixture

LATER = MONDAY + timedelta(hours=1)


@pytest.fixture(autouse=True)
def later():
    with patch("motcua.web.ui.pages.now", return_value=LATER):
        yield


@pytest.fixture
def counter(client: Client, online: World) -> Client:  # noqa: F811
    client.force_login(online.clerk)
    return client


class TestFilings:
    def test_stand_in_the_order_of_their_answers(self, counter, online):  # noqa: F811
        later_one = filed(online, MONDAY + timedelta(minutes=30))
        first = filed(online)
        page = counter.get("/quay/truc-tuyen/").text
        assert page.index(first.code) < page.index(later_one.code)
        assert "2 hồ sơ trực tuyến" in counter.get("/quay/").text

    def test_are_taken_in(self, counter, online):  # noqa: F811
        filing = filed(online)
        address = f"/quay/truc-tuyen/{filing.pk}/"
        assert "Yêu cầu bổ sung" in counter.get(address).text
        answer = counter.post(address, {"answer": "accept"}, follow=True)
        assert Dossier.objects.get().code in answer.text
        assert "Đã tiếp nhận với mã" in counter.get(address).text

    def test_lack_a_paper_and_say_which(self, counter, online):  # noqa: F811
        filing = filed(online, papers=2)
        answer = counter.post(f"/quay/truc-tuyen/{filing.pk}/", {"answer": "accept"})
        assert answer.status_code == 422
        assert "Giấy tờ chứng minh nơi cư trú" in answer.text

    def test_are_sent_back_to_be_completed_with_nothing_lost(self, counter, online):  # noqa: F811
        filing = filed(online, papers=2)
        address = f"/quay/truc-tuyen/{filing.pk}/"
        first, second = filing.parts.all()
        typed = {
            "answer": "supplement", f"part-{first.pk}": "FINE", f"part-{second.pk}": "MEND",
            f"instruction-{second.pk}": "", "missing": "Giấy tờ chứng minh nơi cư trú",
        }  # fmt: skip
        refused = counter.post(address, typed)
        assert refused.status_code == 422
        assert "Giấy tờ chứng minh nơi cư trú</textarea>" in refused.text
        counter.post(address, {**typed, f"instruction-{second.pk}": "Chụp lại"})
        assert Filing.objects.get().state == "SUPPLEMENT_ASKED"
        assert filing.code in counter.get("/quay/truc-tuyen/?muc=bo-sung").text

    def test_are_refused_or_sent_on(self, counter, online):  # noqa: F811
        one, other = filed(online), filed(online)
        assert counter.post(f"/quay/truc-tuyen/{one.pk}/", {"answer": "refuse"}).status_code == 422
        counter.post(f"/quay/truc-tuyen/{one.pk}/", {"answer": "refuse", "reasons": "Không thuộc đối tượng"})
        counter.post(f"/quay/truc-tuyen/{other.pk}/", {"answer": "redirect", "right_place": "UBND phường"})
        assert {filing.state for filing in Filing.objects.all()} == {"REFUSED", "WRONG_ADDRESSEE"}
        assert one.code in counter.get("/quay/truc-tuyen/?muc=xong").text

    def test_are_not_for_other_units(self, counter, online):  # noqa: F811
        filing = filed(online)
        counter.force_login(online.officer)
        assert counter.get(f"/quay/truc-tuyen/{filing.pk}/").status_code == 403


class TestAtOnce:
    @pytest.fixture
    def at_once(self, client: Client, db: None) -> World:
        world = build_world(at_once=True)
        world.offering.counter_authority = "Quyết định 12/QĐ-STP"
        world.offering.save()
        client.force_login(world.clerk)
        return world

    def test_records_and_hands_over(self, client, at_once):
        address = f"/quay/tiep-nhan/{at_once.applicant.pk}/{at_once.offering.pk}/"
        page = client.get(address, follow=True)
        assert "Ghi nhận và trả ngay" in page.text
        address = page.redirect_chain[-1][0]
        papers = {f"paper-{paper.pk}": "PROVIDED" for paper in at_once.papers}
        refused = client.post(address, {**papers, "now": "1"})
        assert refused.status_code == 422
        client.post(address, {**papers, "now": "1", "result_number": "7/BS"})
        dossier = Dossier.objects.get()
        assert (dossier.state, dossier.is_immediate) == ("RETURNED", True)

    def test_is_offered_only_where_the_counter_may_decide(self, client, at_once):
        at_once.offering.counter_authority = ""
        at_once.offering.save()
        address = f"/quay/tiep-nhan/{at_once.applicant.pk}/{at_once.offering.pk}/"
        assert "Ghi nhận và trả ngay" not in client.get(address, follow=True).text
