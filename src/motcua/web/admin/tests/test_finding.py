from __future__ import annotations

from typing import Any

import pytest

from motcua.core.time import local_date, now
from motcua.service.procedures.finding import find
from motcua.service.procedures.models import EverydayName, LifeEvent, PortalMode, Procedure, SearchMiss
from motcua.service.procedures.operations.finding import count_miss
from motcua.service.procedures.operations.publishing import publish
from motcua.service.procedures.tests.samples import birth

pytestmark = pytest.mark.django_db


@pytest.fixture
def procedure() -> Procedure:
    return publish(facts=birth(), by=None, at=now()).procedure


def finds(words: str) -> bool:
    return bool(find(words, Procedure.objects.in_force(local_date(now()))))


def test_a_search_in_vain_becomes_a_name_until_it_is_ended(admin: Any, procedure: Procedure) -> None:
    for _ in range(2):
        count_miss(text="Đẻ con", at=now())
    assert not finds("de con")
    assert "de con" in admin.get("/quan-tri/ten-de-tim/").content.decode()
    answer = admin.post("/quan-tri/ten-de-tim/", {"phrase": "đẻ con", "means": "khai sinh", "code": ""})
    assert answer.status_code == 302
    assert finds("de con")
    assert not SearchMiss.objects.exists()
    name = EverydayName.objects.get()
    admin.post(f"/quan-tri/ten-de-tim/{name.pk}/thoi-dung/")
    name.refresh_from_db()
    assert name.valid_to is not None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"phrase": "", "means": "x"}, "Hãy ghi cách người dân gọi."),
        ({"phrase": "x", "means": "", "code": ""}, "Hãy chọn một thủ tục"),
        ({"phrase": "x", "code": "9.9"}, "Không có thủ tục mã"),
    ],
)
def test_says_what_a_name_lacks(admin: Any, procedure: Procedure, typed: dict[str, str], said: str) -> None:
    answer = admin.post("/quan-tri/ten-de-tim/", typed)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_arranges_a_life_event(admin: Any, procedure: Procedure) -> None:
    typed = {"name": "Sinh con", "words": "", "lines": f"{procedure.code} | trong 60 ngày", "position": "1"}
    assert admin.post("/quan-tri/su-kien-trong-doi/", typed).status_code == 302
    event = LifeEvent.objects.get(code="sinh-con")
    assert [step.reason for step in event.steps.all()] == ["trong 60 ngày"]
    refused = admin.post("/quan-tri/su-kien-trong-doi/", {**typed, "lines": "9.9 | x"})
    assert refused.status_code == 422
    assert "9.9 | x" in refused.content.decode()


def test_sets_the_portal_from_a_day_on(admin: Any, procedure: Procedure) -> None:
    typed = {"code": procedure.code, "mode": "MIRROR", "reason": "QĐ thử", "valid_from": "01/01/2030"}
    assert "https://" in admin.post("/quan-tri/che-do-cong/", {**typed, "address": "x"}).content.decode()
    assert (
        admin.post("/quan-tri/che-do-cong/", {**typed, "address": "https://example.vn/"}).status_code == 302
    )
    assert PortalMode.objects.get().procedure == procedure
