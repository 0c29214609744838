"""The pages of a dossier with several open steps, and of the acts that go another way than on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from motcua.service.dossiers.models import Consultation, Dossier
from motcua.service.dossiers.operations import moving
from motcua.service.dossiers.operations.assigning import assign_work, claim
from motcua.service.dossiers.operations.consulting import tell_of_late_answers
from motcua.service.dossiers.operations.deciding import propose
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.dossiers.tests.test_branches import BRANCHES
from motcua.service.dossiers.tests.world import BEGINNING, MONDAY, World
from motcua.service.workflows.models import Task, Workflow
from motcua.service.workflows.operations.drafting import draft
from motcua.service.workflows.operations.publishing import publish
from motcua.web.desk.tests.conftest import TUESDAY, in_work


def page_of(answer, status: int = 200) -> str:
    assert answer.status_code == status
    return answer.content.decode()


@pytest.fixture
def dossier(world: World) -> Dossier:
    published = Workflow.objects.get()
    made = draft(
        procedure_id=published.procedure_id, agency_id=None, blueprint=BRANCHES, by=world.head, at=BEGINNING
    )
    publish(workflow_id=made.pk, by=world.admin, at=BEGINNING, valid_from=MONDAY.date())
    received = world.receive()
    transfer(dossier_id=received.pk, by=world.clerk, at=MONDAY + timedelta(hours=1))
    assign_work(dossier_id=received.pk, holder=world.officer, by=world.head, at=MONDAY + timedelta(hours=2))
    return claim(dossier_id=received.pk, by=world.colleague, at=MONDAY + timedelta(hours=3), step="two")


class TestSheet:
    def test_tells_every_open_step(self, world: World, dossier: Dossier, enter) -> None:
        page = page_of(enter(world.officer).get(reverse("desk:dossier", args=[dossier.pk])))

        assert "Các bước đang làm song song (3)" in page
        for words in ("Thẩm định chuyên môn", "Thẩm định pháp lý", "Lấy ý kiến Sở Xây dựng", "Sở Xây dựng"):
            assert words in page

    @pytest.mark.parametrize(("person", "step"), [("officer", "one"), ("colleague", "two")])
    def test_is_about_the_step_in_ones_own_hands(
        self, world: World, dossier: Dossier, enter, person: str, step: str
    ) -> None:
        client = enter(getattr(world, person))
        page = page_of(client.get(reverse("desk:dossier", args=[dossier.pk])))
        assert f'name="step" value="{step}"' in page
        assert dossier.code in page_of(client.get(reverse("desk:index")))

        sent = {"step": step, "outcome": "APPROVE", "reason": "Đủ"}
        client.post(reverse("desk:proposal", args=[dossier.pk]), sent)
        assert not Task.objects.of(dossier.pk).open().filter(step_key=step).exists()

    @pytest.mark.parametrize(
        ("person", "own", "other"),
        [
            ("officer", "Thẩm định chuyên môn", "Thẩm định pháp lý"),
            ("colleague", "Thẩm định pháp lý", "Thẩm định chuyên môn"),
        ],
    )
    def test_the_row_of_a_list_shows_the_step_in_ones_own_hands(
        self, world: World, dossier: Dossier, enter, person: str, own: str, other: str
    ) -> None:
        row = page_of(enter(getattr(world, person)).get(reverse("desk:index"))).split("<tbody>")[1]
        assert own in row
        assert other not in row

    def test_asks_few_questions(
        self, world: World, dossier: Dossier, enter, django_assert_max_num_queries
    ) -> None:
        client = enter(world.officer)
        address = reverse("desk:dossier", args=[dossier.pk])
        client.get(address)
        with django_assert_max_num_queries(32):
            client.get(address)


class TestActs:
    def test_an_opinion_is_skipped_with_a_reason(self, world: World, dossier: Dossier, enter) -> None:
        client = enter(world.officer)
        address = reverse("desk:skip", args=[dossier.pk])
        assert "buoc=ask" in page_of(client.get(reverse("desk:dossier", args=[dossier.pk])))
        assert "Lấy ý kiến Sở Xây dựng" in page_of(client.get(address + "?buoc=ask"))
        assert "Hãy ghi lý do" in page_of(client.post(address, {"step": "ask", "reason": ""}), 422)

        client.post(address, {"step": "ask", "reason": "Đã có ý kiến"})
        assert Task.objects.of(dossier.pk).get(step_key="ask").is_skipped

    def test_a_step_is_given_back(self, world: World, dossier: Dossier, enter) -> None:
        client = enter(world.officer)
        address = reverse("desk:back", args=[dossier.pk])
        form = page_of(client.get(address + "?buoc=one"))
        assert "Phân công" in form
        page = page_of(client.post(address, {"step": "one", "target": "assign", "reason": ""}), 422)
        assert "Hãy ghi lý do trả về." in page

        client.post(address, {"step": "one", "target": "assign", "reason": "Chia lại"})
        assert Dossier.objects.get(pk=dossier.pk).step_key == "assign"

    def test_what_was_sent_is_taken_back(self, world: World, enter) -> None:
        dossier = in_work(world)
        propose(
            dossier_id=dossier.pk,
            outcome="APPROVE",
            reason="",
            by=world.officer,
            at=MONDAY + timedelta(hours=5),
        )
        client = enter(world.officer)
        address = reverse("desk:recall", args=[dossier.pk])
        assert address in page_of(client.get(reverse("desk:dossier", args=[dossier.pk])))

        client.post(address, {"reason": "Thiếu một trang"})
        assert Dossier.objects.get(pk=dossier.pk).step_key == "work"

    def test_are_not_offered_to_others(self, world: World, enter) -> None:
        dossier = in_work(world)
        page = page_of(enter(world.colleague).get(reverse("desk:dossier", args=[dossier.pk])))

        assert reverse("desk:recall", args=[dossier.pk]) not in page
        assert reverse("desk:back", args=[dossier.pk]) not in page


class TestSlow:
    def test_teaches_when_nothing_is(self, world: World, enter) -> None:
        assert "Không có việc nào chậm" in page_of(enter(world.leader).get(reverse("desk:slow")))

    def test_shows_the_role_that_was_told(self, world: World, dossier: Dossier, enter) -> None:
        moving.tell_of_slow_steps(TUESDAY + timedelta(days=3))

        assert "Thẩm định chuyên môn" in page_of(enter(world.leader).get(reverse("desk:slow")))
        assert "Thẩm định chuyên môn" not in page_of(enter(world.records).get(reverse("desk:slow")))

    def test_shows_late_opinions_where_the_dossier_was_received(
        self, world: World, dossier: Dossier, enter
    ) -> None:
        tell_of_late_answers(TUESDAY + timedelta(days=9))

        assert Consultation.objects.told_late().count() == 1
        assert "Ý kiến trả lời muộn (1)" in page_of(enter(world.clerk).get(reverse("desk:slow")))
        assert "Ý kiến trả lời muộn (1)" in page_of(enter(world.leader).get(reverse("desk:slow")))

    def test_asks_as_many_questions_for_one_as_for_many(
        self, world: World, dossier: Dossier, enter, django_assert_max_num_queries
    ) -> None:
        tell_of_late_answers(TUESDAY + timedelta(days=9))
        moving.tell_of_slow_steps(TUESDAY + timedelta(days=9))
        client = enter(world.leader)
        client.get(reverse("desk:slow"))
        with django_assert_max_num_queries(8):
            client.get(reverse("desk:slow"))
