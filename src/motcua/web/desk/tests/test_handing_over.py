"""Bàn giao việc, trên trang."""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.foundation.identity.models import User
from motcua.service.dossiers.models import Dossier, HandingOver
from motcua.service.dossiers.tests.world import World
from motcua.web.desk.tests.conftest import in_work


def said(answer) -> str:
    return answer.content.decode()


def wizard(person: User) -> str:
    return f"{reverse('desk:hand-over')}?nguoi={person.pk}"


def send(client: Client, person: User, to: dict[Dossier, str], **fields: str):
    rows = {f"to-{dossier.pk}": key for dossier, key in to.items()}
    ids = [str(dossier.pk) for dossier in to]
    return client.post(wizard(person), {"id": ids, "reason": "LEAVER", **rows, **fields}, follow=True)


class TestGivers:
    def test_lists_who_holds_what(self, world: World, enter) -> None:
        in_work(world)
        page = said(enter(world.head).get(reverse("desk:handing-over")))
        assert "Hoàng Minh Em" in page
        assert "Sở Tư pháp" in page
        assert "không còn người giữ" not in page

    def test_warns_of_what_has_lost_its_holder(self, world: World, enter) -> None:
        dossier = in_work(world)
        User.objects.filter(pk=world.officer.pk).update(is_active=False)
        client = enter(world.head)
        assert "1 hồ sơ không còn người giữ" in said(client.get(reverse("desk:handing-over")))
        assert dossier.code in said(client.get(reverse("desk:hand-over")))

    def test_is_for_who_assigns_or_administers(self, world: World, enter) -> None:
        for person, status in ((world.admin, 200), (world.officer, 403), (world.clerk, 403)):
            assert enter(person).get(reverse("desk:handing-over")).status_code == status
        in_work(world)
        assert "Không ai đang giữ hồ sơ" not in said(enter(world.admin).get(reverse("desk:handing-over")))


class TestHandOver:
    def test_previews_with_the_suggestion_and_why(self, world: World, enter) -> None:
        dossier = in_work(world)
        page = said(enter(world.head).get(wizard(world.officer)))
        assert f'name="to-{dossier.pk}"' in page
        assert f'<option value="{world.colleague.pk}" selected>' in page
        assert "Vũ Thị Giang: chưa giữ hồ sơ nào" in page
        assert "nhận 1" in page

    def test_names_no_applicant_to_who_only_administers(self, world: World, enter) -> None:
        dossier = in_work(world)
        page = said(enter(world.admin).get(wizard(world.officer)))
        assert dossier.code in page
        assert dossier.applicant_name not in page

    def test_says_where_nobody_can(self, world: World, enter) -> None:
        in_work(world)
        world.colleague.memberships.all().delete()
        page = said(enter(world.head).get(wizard(world.officer)))
        assert "1 hồ sơ chưa có ai nhận được" in page
        assert "Chưa có ai nhận được" in page

    def test_hands_over_and_shows_each_answer(self, world: World, enter) -> None:
        one, other = in_work(world), in_work(world)
        client = enter(world.head)
        page = said(send(client, world.officer, {one: str(world.colleague.pk), other: ""}, note="QĐ 12"))
        assert "xong 1 trong 1 hồ sơ" in page
        assert "Đã bàn giao cho Vũ Thị Giang." in page
        assert HandingOver.objects.get().note == "QĐ 12"
        assert Dossier.objects.held_by(world.officer).get() == other

    def test_keeps_what_was_chosen_when_the_reason_is_missing(self, world: World, enter) -> None:
        dossier = in_work(world)
        answer = send(enter(world.head), world.officer, {dossier: ""}, reason="", note="Theo quyết định")
        assert answer.status_code == 422
        assert "Hãy chọn lý do bàn giao." in said(answer)
        assert "Theo quyết định" in said(answer)
        assert f'<option value="{world.colleague.pk}" selected>' not in said(answer)

    def test_gives_all_to_one_for_a_look(self, world: World, enter) -> None:
        dossier = in_work(world)
        answer = send(
            enter(world.head), world.officer, {dossier: ""}, apply="1", all_to=str(world.colleague.pk)
        )
        assert answer.status_code == 200
        assert said(answer).count(f'<option value="{world.colleague.pk}" selected>') == 2
        assert Dossier.objects.held_by(world.officer).count() == 1

    def test_asks_as_many_questions_for_many_as_for_one(self, world: World, enter) -> None:
        client, counts = enter(world.head), []
        for _ in range(2):
            in_work(world)
            client.get(wizard(world.officer))
            with CaptureQueriesContext(connection) as captured:
                client.get(wizard(world.officer))
            counts.append(sum("calendarversion" not in one["sql"] for one in captured.captured_queries))
        assert counts[0] == counts[1]

    def test_knows_nobody_else(self, world: World, enter) -> None:
        client = enter(world.head)
        for query in ("nguoi=x", "co-quan=99999999", f"nguoi={world.revision.pk}"):
            assert client.get(f"{reverse('desk:hand-over')}?{query}").status_code == 404
