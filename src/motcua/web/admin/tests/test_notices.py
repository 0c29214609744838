"""The page of notices: what is set there counts from its day, and a wording without the code comes back."""

from __future__ import annotations

from datetime import date, time

import pytest
from django.test import Client

from motcua.foundation.identity.tests import factories
from motcua.foundation.notices.models import NoticeCap, NoticeRule, NoticeTemplate, QuietHours
from motcua.foundation.notices.operations.seeding import seed_notice_rules
from motcua.service.dossiers.tests.world import World
from motcua.web.admin.tests.conftest import Entering, page_of

ADDRESS = "/quan-tri/thong-bao/"
WORDING = {"act": "template", "template_channel": "SMS", "template_from": "01/03/2026"}


@pytest.fixture
def controller(world: World, enter: Entering) -> Client:
    seed_notice_rules()
    return enter(factories.staff("CONTROLLER", world.province))


def test_shows_the_rules_and_a_sample_with_its_length(controller):
    page = page_of(controller.get(ADDRESS))
    assert "Zalo → Tin nhắn SMS → Thư điện tử" in page
    assert "Ho so H00.01-260302-0001 da co ket qua" in page
    assert "GSM-7" in page


def test_sets_each_thing_from_its_day(controller):
    for given in (
        {"act": "rule", "kind": "RESULT", "channel1": "SMS", "channel2": "EMAIL", "rule_from": "01/03/2026"},
        {"act": "quiet", "starts_at": "22:00", "ends_at": "06:00", "quiet_from": "01/03/2026"},
        {"act": "price", "channel": "SMS", "price": "350", "price_from": "01/03/2026"},
        {"act": "cap", "amount": "5.000.000", "warn_email": "a@vidu.vn", "cap_from": "01/03/2026"},
        {
            "act": "template",
            "template_kind": "RESULT",
            "template_channel": "SMS",
            "text": "KQ {ma_so}",
            "template_from": "01/03/2026",
        },
    ):
        assert controller.post(ADDRESS, given).status_code == 302
    day = date(2026, 3, 1)
    assert NoticeRule.objects.get(kind="RESULT", valid_from=day).channels == ["SMS", "EMAIL"]
    assert QuietHours.objects.get(valid_from=day).starts_at == time(22)
    assert NoticeCap.objects.get().amount == 5_000_000
    assert NoticeTemplate.objects.get(kind="RESULT").text == "KQ {ma_so}"
    assert "trong 5.000.000" in page_of(controller.get(ADDRESS))


def test_refuses_words_without_the_code_and_keeps_what_was_typed(controller):
    given = {
        "act": "template",
        "template_channel": "SMS",
        "text": "Đã có kết quả rồi",
        "template_from": "01/03/2026",
    }
    answer = controller.post(ADDRESS, given)
    assert answer.status_code == 422
    assert "Lời gửi phải có mã số hồ sơ" in page_of(answer)
    assert "Đã có kết quả rồi" in page_of(answer)


def test_is_closed_to_a_clerk(clerk):
    assert clerk.get(ADDRESS).status_code == 403
