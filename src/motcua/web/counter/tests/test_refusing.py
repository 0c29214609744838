from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from motcua.core.ids import new_id
from motcua.service.dossiers.models import IntakeRefusal
from motcua.service.dossiers.tests.world import World
from motcua.web.counter.tests.acting import text_of, ticked

pytestmark = pytest.mark.django_db


def address(world: World) -> str:
    return reverse("counter:refuse", args=[world.applicant.pk, world.offering.pk])


class TestRefusal:
    def test_begins_with_what_was_missing_on_the_checklist(self, clerk: Client, world: World) -> None:
        missing = world.papers[1]
        page = clerk.post(address(world), ticked(world, open="1", **{f"paper-{missing.pk}": "MISSING"}))
        body = page.content.decode()

        assert page.status_code == 200
        assert f'value="{missing.pk}" checked' in body
        assert f'value="{world.papers[0].pk}" checked' not in body
        assert not IntakeRefusal.objects.exists()

    def test_is_written_with_its_reasons_and_prints_itself_once(self, clerk: Client, world: World) -> None:
        key = new_id()
        typed = {
            "missing": [str(world.papers[0].pk)],
            "reasons": "Ảnh mờ\n\nThiếu chữ ký",
            "refusal_id": str(key),
        }
        answer = clerk.post(address(world), typed)
        refusal = IntakeRefusal.objects.get(pk=key)
        assert refusal.reasons == ["Thiếu giấy tờ: Tờ khai.", "Ảnh mờ", "Thiếu chữ ký"]
        assert answer.url == reverse("counter:refusal", args=[key])

        page, paper = clerk.get(answer.url), reverse("counter:refusal-paper", args=[key])
        assert f'data-print-now="{paper}"' in page.content.decode()
        assert clerk.get(paper).content.startswith(b"%PDF-")
        assert "data-print-now" not in clerk.get(answer.url).content.decode()

    def test_needs_a_reason_and_keeps_what_was_typed(self, clerk: Client, world: World) -> None:
        page = clerk.post(address(world), {"matter": "Xin trích lục"})

        assert page.status_code == 422
        assert "Hãy ghi ít nhất một lý do từ chối" in text_of(page)
        assert 'value="Xin trích lục"' in page.content.decode()

    def test_sent_twice_is_written_once(self, clerk: Client, world: World) -> None:
        typed = {"others": ["NOT_VALID"], "refusal_id": str(new_id())}
        first, second = clerk.post(address(world), typed), clerk.post(address(world), typed)

        assert first.url == second.url
        assert IntakeRefusal.objects.count() == 1

    def test_is_seen_at_its_own_counter_alone(self, clerk: Client, client: Client, world: World) -> None:
        key = new_id()
        clerk.post(address(world), {"others": ["NOT_VALID"], "refusal_id": str(key)})
        client.force_login(world.officer)

        assert client.get(reverse("counter:refusal", args=[key])).status_code == 403
