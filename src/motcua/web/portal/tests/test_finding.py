"""The citizen's pages of procedures: found, narrowed to one's own case, with the law's limit beside the real time."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client

from motcua.core.time import VIETNAM, local_date, now
from motcua.demo import catalogue, finding
from motcua.foundation.identity.tests import factories
from motcua.service.dossiers.models import UsualTime
from motcua.service.procedures.models import Offering, Procedure, SearchMiss
from motcua.service.procedures.operations.finding import set_portal_mode
from motcua.service.procedures.operations.offering import offer

pytestmark = pytest.mark.django_db
BEGINS = date(2026, 3, 2)
AT = datetime.combine(BEGINS, time(9), VIETNAM)


@pytest.fixture(scope="module")
def offerings(module_db: None) -> dict[str, Offering]:
    """The demo's catalogue, all of it taken in by two communes."""
    catalogue.load(by=None, at=AT, valid_from=BEGINS)
    finding.load(by=None, at=AT)
    communes = [
        factories.an_agency(name=f"Ủy ban nhân dân phường {name}") for name in ("An Bình", "Bình Minh")
    ]
    found = {}
    for procedure in Procedure.objects.all():
        for agency in communes:
            found[procedure.code] = offer(
                procedure=procedure, agency=agency, by=None, at=AT, valid_from=BEGINS
            )
    return found


def page(client: Client, address: str, status: int = 200, **query: Any) -> str:
    answer = client.get(address, query)
    assert answer.status_code == status
    return answer.content.decode()


class TestFinding:
    def test_answers_plain_words_with_how_long_how_much_where(self, client: Client, offerings: Any) -> None:
        text = page(client, "/thu-tuc/", q="lam khai sinh cho con")
        first = text[text.index('<ol class="found">') :]
        assert first.index("/thu-tuc/1.001193/") < first.index("</li>")
        for said in ("Giấy khai sinh", "1 ngày làm việc", "Miễn phí", "Cấp xã"):
            assert said in first

    def test_filters_by_links_that_keep_the_words(self, client: Client, offerings: Any) -> None:
        text = page(client, "/thu-tuc/", q="giay chung nhan")
        assert re.search(r'href="\?q=giay\+chung\+nhan&amp;linh-vuc=[^"]+"', text)
        text = page(client, "/thu-tuc/", q="giay chung nhan", **{"linh-vuc": "Đất đai"})
        assert "/thu-tuc/1.012783/" in text
        assert "/thu-tuc/1.008126/" not in text

    def test_lists_a_field_without_words(self, client: Client, offerings: Any) -> None:
        assert "/thu-tuc/2.001263/" in page(client, "/thu-tuc/", **{"linh-vuc": "Nuôi con nuôi"})

    def test_names_the_place_that_was_chosen_and_none_otherwise(self, client: Client, offerings: Any) -> None:
        place = offerings["1.001193"].receiving_agency
        assert f"nộp tại <b>{place.name}</b>" in page(client, "/thu-tuc/", noi=str(place.pk))
        assert "Chỉ những thủ tục nộp tại" not in page(client, "/thu-tuc/", q="khai sinh")

    def test_counts_what_found_nothing_and_keeps_no_names(self, client: Client, offerings: Any) -> None:
        for _ in range(2):
            assert "Chưa tìm thấy" in page(client, "/thu-tuc/", q="Xe máy vũ trụ 0912345678")
        page(client, "/thu-tuc/", q="Nguyễn Thị Zzyx Qwert")
        assert list(SearchMiss.objects.values_list("words", "count")) == [("xe may vu tru", 2)]

    def test_costs_the_same_whatever_is_found(
        self, client: Client, offerings: Any, django_assert_max_num_queries: Any
    ) -> None:
        for words in ("khai sinh", "giay chung nhan", "dang ky"):
            with django_assert_max_num_queries(12):
                page(client, "/thu-tuc/", q=words)

    def test_suggests_while_one_types(self, client: Client, offerings: Any) -> None:
        by_script = Client(headers={"HX-Request": "true"})
        assert "Đăng ký khai sinh" in page(by_script, "/thu-tuc/goi-y/", q="khai si")
        assert "<li>" not in page(by_script, "/thu-tuc/goi-y/", q="k")
        page(client, "/thu-tuc/goi-y/", status=302)

    def test_tells_what_a_life_event_brings_in_order(self, client: Client, offerings: Any) -> None:
        text = page(client, "/su-kien/sinh-con/")
        assert text.index("1.001193") < text.index("1.004222") < text.index("1.001939")
        page(client, "/su-kien/khong-co/", status=404)

    def test_home_opens_with_the_box_and_life_events(self, client: Client, offerings: Any) -> None:
        text = page(client, "/")
        assert text.index('id="find"') < text.index("/su-kien/sinh-con/")


class TestProcedurePage:
    def test_counts_the_papers_of_my_case(self, client: Client, offerings: Any) -> None:
        assert "Bạn cần nộp 3 giấy tờ" in page(client, "/thu-tuc/1.001193/")
        text = page(client, "/thu-tuc/1.001193/", c0="0", c1="2")
        assert "Bạn cần nộp 4 giấy tờ, 1 giấy tờ không phải nộp" in text
        assert "Cơ sở dữ liệu hộ tịch điện tử" in text
        text = page(client, "/thu-tuc/1.001193/", c0="1", c1="0")
        assert "Văn bản ủy quyền" not in text
        assert "Giấy chứng nhận kết hôn" not in text

    def test_narrows_limits_to_the_chosen_case(self, client: Client, offerings: Any) -> None:
        text = page(client, "/thu-tuc/1.004859/", c0="2")
        assert "Giấy tờ có thông tin cần bổ sung" in text
        assert "Giấy tờ chứng minh sai sót" not in text
        assert "<b>1 ngày làm việc</b>" in text
        assert text.count("<b>Miễn phí</b>") == 1

    @pytest.mark.parametrize("query", [{"c0": "99"}, {"c99": "0"}, {"c0": "x"}, {"cc": "1"}, {"noi": "x"}])
    def test_takes_nonsense_as_no_answer(self, client: Client, offerings: Any, query: dict[str, str]) -> None:
        assert "Bạn cần nộp 3 giấy tờ" in page(client, "/thu-tuc/1.001193/", **query)

    def test_says_what_it_usually_takes_or_that_it_cannot(self, client: Client, offerings: Any) -> None:
        offering = offerings["1.001193"]
        address = "/thu-tuc/1.001193/"
        assert "Chưa đủ dữ liệu" in page(client, address)
        row = UsualTime.objects.create(
            procedure=offering.procedure, agency=None, median=2, ninth_decile=5, dossiers=48, finished=40,
            since=BEGINS, as_of=AT,
        )  # fmt: skip
        text = page(client, address, noi=str(offering.pk))
        for said in (
            "2 ngày làm việc",
            "9 trong 10 hồ sơ xong trong 5 ngày làm việc",
            "48 hồ sơ trong cả tỉnh",
            "09:00",
        ):
            assert said in text
        row.finished = 9
        row.save()
        assert "Mới có 9 hồ sơ đã xong" in page(client, address)

    def test_says_where_when_a_place_is_chosen(self, client: Client, offerings: Any) -> None:
        text = page(client, "/thu-tuc/1.001193/", noi=str(offerings["1.001193"].pk))
        assert re.search(r"(Hôm nay|Mở lại \d\d/\d\d:) \d\d:\d\d–\d\d:\d\d", text)

    def test_tells_machines_what_it_is(self, client: Client, offerings: Any) -> None:
        text = page(client, "/thu-tuc/1.001193/")
        told = json.loads(re.search(r'application/ld\+json">(.*?)</script>', text)[1])
        assert told["@type"] == "GovernmentService"
        assert told["identifier"] == "1.001193"

    def test_points_elsewhere_or_nowhere_as_the_mode_says(self, client: Client, offerings: Any) -> None:
        procedure, address = offerings["1.001193"].procedure, "/thu-tuc/1.001193/"
        today = local_date(now())
        set_portal_mode(
            procedure=None,
            mode="OFF",
            reason="Văn bản thử",
            by=None,
            at=now(),
            valid_from=today - timedelta(days=9),
        )
        assert "chưa nộp trực tuyến được" in page(client, address)
        later = today + timedelta(days=10)
        set_portal_mode(
            procedure=procedure, mode="MIRROR", address="https://example.vn/nop", reason="Văn bản thử", by=None,
            at=now(), valid_from=later,
        )  # fmt: skip
        assert "https://example.vn/nop" not in page(client, address)
        seen_then = page(client, address, ngay=f"{later:%d/%m/%Y}")
        assert 'href="https://example.vn/nop"' in seen_then
        assert "Bạn đang xem thủ tục như vào ngày" in seen_then

    def test_of_a_procedure_not_yet_or_no_more_in_force(self, client: Client, offerings: Any) -> None:
        assert "không còn áp dụng" in page(client, "/thu-tuc/1.001193/", status=410, ngay="01/01/2020")
        page(client, "/thu-tuc/9.999999/", status=404)
