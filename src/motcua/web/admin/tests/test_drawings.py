from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from motcua.core.time import now
from motcua.foundation.identity.models import User
from motcua.service.dossiers.tests.world import USUAL, World
from motcua.service.workflows import bpmn
from motcua.service.workflows.models import Workflow
from motcua.service.workflows.operations.drafting import draft_next
from motcua.web.admin.tests.conftest import Entering, page_of

FOREIGN = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d">
<process id="p" name="Của công cụ khác"><startEvent id="s"/><sequenceFlow id="a" sourceRef="s" targetRef="t"/>
{step}<sequenceFlow id="b" sourceRef="t" targetRef="e"/><endEvent id="e"/></process></definitions>"""


@pytest.fixture
def drafter(world: World) -> User:
    return User.objects.get(username="kiemsoat")


@pytest.fixture
def draft(drafter: User) -> Workflow:
    return draft_next(workflow_id=Workflow.objects.published().get().pk, by=drafter, at=now())


@pytest.fixture
def client(drafter: User, enter: Entering) -> Client:
    return enter(drafter)


def send(client: Client, draft: Workflow, xml: str, act: str = "save", base: str = "") -> Any:
    given = {"xml": xml, "act": act, "base": base or draft.compiled.digest}
    return client.post(reverse("admin:draw-workflow", args=[draft.pk]), given)


def changed(**fields: Any) -> str:
    steps = tuple(replace(step, **fields) if step.key == "work" else step for step in USUAL.steps)
    return bpmn.write(replace(USUAL, steps=steps))


class TestThePage:
    def test_hands_the_model_and_the_words_to_the_script(self, client: Client, draft: Workflow) -> None:
        page = page_of(client.get(reverse("admin:draw-workflow", args=[draft.pk])))

        assert draft.compiled.digest in page
        assert "Chuyên viên" in page
        assert "Sửa bằng bảng bước" in page  # without a script

    def test_only_a_draft(self, client: Client, world: World) -> None:
        published = Workflow.objects.published().get()
        assert client.get(reverse("admin:draw-workflow", args=[published.pk])).status_code == 409

    def test_not_by_a_clerk(self, clerk: Client, draft: Workflow) -> None:
        assert clerk.get(reverse("admin:draw-workflow", args=[draft.pk])).status_code == 403


class TestSaving:
    def test_keeps_the_drawing_as_the_draft(self, client: Client, draft: Workflow) -> None:
        answer = send(client, draft, changed(minutes=60))

        assert answer.status_code == 200
        draft.refresh_from_db()
        assert draft.steps.get(key="work").minutes == 60
        assert answer.json()["base"] == draft.compiled.digest
        assert answer.json()["problems"] == []

    def test_keeps_an_unfinished_drawing_and_says_what_is_wrong_by_its_step(
        self, client: Client, draft: Workflow
    ) -> None:
        answer = send(client, draft, changed(role=""))

        assert answer.status_code == 200
        assert "Còn 1 chỗ phải sửa" in answer.json()["message"]
        assert [(one["step"], one["is_blocking"]) for one in answer.json()["problems"]] == [("work", True)]
        assert draft.steps.get(key="work").role == ""

    def test_refuses_in_words_what_is_no_model(self, client: Client, draft: Workflow) -> None:
        answer = send(client, draft, "<x/>")

        assert answer.status_code == 422
        assert "Chưa lưu. Tệp không phải mô hình BPMN 2.0." in answer.json()["message"]

    def test_refuses_to_write_over_somebody_elses_change(self, client: Client, draft: Workflow) -> None:
        before = draft.compiled.digest
        send(client, draft, changed(minutes=60))

        answer = send(client, draft, changed(minutes=120), base=before)

        assert answer.status_code == 409
        assert "vừa được" in answer.json()["message"]
        assert draft.steps.get(key="work").minutes == 60

    def test_of_what_is_no_draft_any_more(self, client: Client, world: World) -> None:
        published = Workflow.objects.published().get()
        assert send(client, published, changed(minutes=60)).status_code == 409

    def test_not_where_one_may_not(self, clerk: Client, draft: Workflow) -> None:
        answer = send(clerk, draft, changed(minutes=60))

        assert answer.status_code == 403
        assert answer["Content-Type"] == "application/json"


class TestReading:
    def test_lays_out_a_file_without_a_picture_and_saves_nothing(
        self, client: Client, draft: Workflow
    ) -> None:
        answer = send(
            client, draft, FOREIGN.format(step='<userTask id="t" name="Tiếp nhận hồ sơ"/>'), act="read"
        )

        assert "BPMNShape" in answer.json()["xml"]
        assert {one["step"] for one in answer.json()["problems"]} == {"t"}
        assert Workflow.objects.get(pk=draft.pk).bpmn == draft.bpmn

    def test_names_what_it_does_not_take(self, client: Client, draft: Workflow) -> None:
        answer = send(client, draft, FOREIGN.format(step='<scriptTask id="t" name="Chạy mã"/>'), act="read")

        assert answer.status_code == 422
        assert "tác vụ chạy mã lệnh (scriptTask) “Chạy mã”" in answer.json()["message"]
