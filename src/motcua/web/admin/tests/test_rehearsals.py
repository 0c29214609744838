from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from motcua.foundation.identity.models import User
from motcua.foundation.identity.tests.factories import staff
from motcua.service.dossiers.tests.test_rehearsing import settled
from motcua.service.dossiers.tests.world import World
from motcua.service.workflows.models import Workflow
from motcua.web.admin.tests.conftest import Entering, page_of

PERIOD = {"first": "01/01/2026", "last": "31/03/2026"}


@pytest.fixture
def published(world: World) -> Workflow:
    return Workflow.objects.published().get()


def address(workflow: Workflow) -> str:
    return reverse("admin:rehearse-workflow", args=[workflow.pk])


class TestDryRun:
    def test_says_first_what_would_be_late(self, world: World, published: Workflow, enter: Entering) -> None:
        settled(world)
        late = settled(world, slow=9)
        controller = enter(User.objects.get(username="kiemsoat"))

        page = page_of(controller.get(address(published), PERIOD))

        assert "Trong 2 hồ sơ chạy thử, 1 sẽ trễ hẹn; thực tế đã trễ 1." in page
        assert late.code in page
        assert "Nơi việc dồn lại" in page
        assert "thực tế nhiều nhất" in page

    def test_runs_nothing_before_it_is_asked(self, admin: Client, published: Workflow) -> None:
        page = page_of(admin.get(address(published)))

        assert "Chạy thử không đổi gì" in page
        assert "Nơi việc dồn lại" not in page

    def test_gives_the_part_alone_to_a_script(self, admin: Client, world: World, published: Workflow) -> None:
        settled(world)
        part = page_of(admin.get(address(published), PERIOD, headers={"HX-Request": "true"}))

        assert part.lstrip().startswith('<div id="outlook"')

    def test_says_when_there_is_nothing_to_replay(self, admin: Client, published: Workflow) -> None:
        assert "Không có hồ sơ nào đã có kết quả" in page_of(admin.get(address(published), PERIOD))

    def test_refuses_a_period_that_is_none(self, admin: Client, published: Workflow) -> None:
        answer = admin.get(address(published), {"first": "01/04/2026", "last": "01/03/2026"})
        assert answer.status_code == 422

    def test_shows_only_the_dossiers_that_one_may_see(
        self, world: World, published: Workflow, enter: Entering
    ) -> None:
        late = settled(world, slow=9)
        page = page_of(enter(staff("ADMIN", world.other)).get(address(published), PERIOD))

        assert "1 sẽ trễ hẹn" in page
        assert late.code not in page
        assert "Ngoài phạm vi bạn được xem" in page

    def test_not_by_a_clerk(self, clerk: Client, published: Workflow) -> None:
        assert clerk.get(address(published), {"first": f"{date(2026, 1, 1):%d/%m/%Y}"}).status_code == 403
