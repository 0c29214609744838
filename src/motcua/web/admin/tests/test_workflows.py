from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from motcua.core.time import local_date, now
from motcua.foundation.identity.models import User
from motcua.foundation.identity.tests.factories import staff
from motcua.service.dossiers.tests.world import USUAL, World
from motcua.service.workflows import bpmn
from motcua.service.workflows.blueprint import Blueprint, Flow, Outcome, Step, StepKind
from motcua.service.workflows.models import Workflow
from motcua.service.workflows.operations.drafting import draft, draft_next
from motcua.web.admin.steps import Row, changed, hours_of, minutes_of, rows_of
from motcua.web.admin.tests.conftest import Entering, page_of


def address(name: str, workflow: Workflow) -> str:
    return reverse(f"admin:{name}", args=[workflow.pk])


def typed(workflow: Workflow, **changes: str) -> dict[str, str]:
    """The form of the table as the page shows it."""
    rows = rows_of(workflow.blueprint)
    assert rows is not None
    found = {"name": workflow.name}
    for place, row in enumerate(rows):
        values = {"key": row.key, "name": row.name, "kind": row.kind, "role": row.role, "minutes": row.hours,
                  "product": row.product, "sends_back_to": row.back}  # fmt: skip
        found |= {f"steps-{place}-{name}": value for name, value in values.items()}
    return found | changes


@pytest.fixture
def published(world: World) -> Workflow:
    return Workflow.objects.published().get()


@pytest.fixture
def controller(world: World) -> User:
    return User.objects.get(username="kiemsoat")


@pytest.fixture
def drafted(published: Workflow, controller: User) -> Workflow:
    return draft_next(workflow_id=published.pk, by=controller, at=now())


class TestShowing:
    def test_draws_and_tells_in_words(self, admin: Client, published: Workflow) -> None:
        page = page_of(admin.get(address("workflow", published)))

        assert '<svg class="flow-chart"' in page
        assert "Bước 3: Thẩm định hồ sơ (Chuyên viên thụ lý" in page
        assert "Đang áp dụng" in page or "Đã ban hành" in page

    @pytest.mark.parametrize("state", ["", "DRAFT", "MISSING", "RETIRED", "x"])
    def test_lists(self, admin: Client, published: Workflow, state: str) -> None:
        assert admin.get(reverse("admin:workflows"), {"state": state, "q": "trich luc"}).status_code == 200

    def test_gives_the_model_out(self, admin: Client, published: Workflow) -> None:
        answer = admin.get(address("workflow-model", published))

        assert bpmn.read(answer.content).steps == published.blueprint.steps

    def test_there_is_none(self, admin: Client) -> None:
        assert admin.get(reverse("admin:workflow", args=[999999])).status_code == 404


class TestDrafting:
    def begin(self, client: Client, world: World, **more: Any) -> Any:
        given = {"procedure": world.procedure.code, "agency": "H31.2", "sample": "STANDARD", **more}
        return client.post(reverse("admin:new-workflow"), given)

    @pytest.mark.parametrize(("sample", "steps"), [("STANDARD", 7), ("SHORT", 5)])
    def test_begins_from_a_sample_within_the_limit(
        self, admin: Client, world: World, sample: str, steps: int
    ) -> None:
        assert self.begin(admin, world, sample=sample).status_code == 302

        made = Workflow.objects.drafts().get()
        assert made.agency == world.department
        assert made.steps.count() == steps
        assert made.minutes <= 5 * 8 * 60

    def test_begins_from_a_file(self, admin: Client, world: World) -> None:
        model = SimpleUploadedFile("x.bpmn", bpmn.as_file(bpmn.write(USUAL)))

        self.begin(admin, world, sample="BPMN", model=model)

        assert Workflow.objects.drafts().get().steps.count() == 7

    @pytest.mark.parametrize(
        "content",
        [b"", b"<x/>", b"%PDF-1.4", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"],
    )
    def test_says_why_a_file_is_no_model(self, admin: Client, world: World, content: bytes) -> None:
        answer = self.begin(admin, world, sample="BPMN", model=SimpleUploadedFile("x.bpmn", content))

        assert answer.status_code == 422
        assert not Workflow.objects.drafts().exists()

    def test_has_one_draft_at_a_time(self, admin: Client, world: World) -> None:
        self.begin(admin, world)

        answer = self.begin(admin, world)

        assert answer.status_code == 422
        assert "đã có một bản nháp" in page_of(answer)

    def test_for_all_only_by_who_administers_all(self, world: World, enter: Entering) -> None:
        local = enter(staff("ADMIN", world.department))

        assert self.begin(local, world, agency="").status_code == 403
        assert self.begin(local, world, agency="H31.3").status_code == 403
        assert self.begin(local, world).status_code == 302

    def test_goes_on_from_a_version_and_is_dropped(self, admin: Client, published: Workflow) -> None:
        admin.post(address("next-workflow", published))
        made = Workflow.objects.drafts().get()

        admin.post(address("discard-workflow", made))

        assert not Workflow.objects.drafts().exists()


class TestEditing:
    def test_saves_the_table(self, admin: Client, drafted: Workflow) -> None:
        answer = admin.post(address("edit-workflow", drafted), typed(drafted, **{"steps-2-minutes": "12,5"}))

        assert answer.status_code == 302
        assert drafted.steps.get(key="work").minutes == 750
        assert {flow.outcome for flow in Workflow.objects.get(pk=drafted.pk).blueprint.ways_from("sign")} == {
            Outcome.AGREE, Outcome.SEND_BACK,
        }  # fmt: skip

    def test_an_arrow_changes_the_order_and_saves_nothing(self, admin: Client, drafted: Workflow) -> None:
        answer = admin.post(address("edit-workflow", drafted), typed(drafted, act="down:1"))

        page = page_of(answer)
        assert answer.status_code == 200
        assert page.index('value="Thẩm định hồ sơ"') < page.index('value="Phân công thụ lý"')
        assert drafted.steps.get(key="assign").position == 2

    def test_adds_a_line_and_gives_it_a_key(self, admin: Client, drafted: Workflow) -> None:
        page = page_of(admin.post(address("edit-workflow", drafted), typed(drafted, act="add")))
        assert 'name="steps-7-name"' in page

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"steps-2-name": ""}, "Bước 3 chưa có tên."),
            ({"steps-2-minutes": "nhiều"}, "viết số giờ từ 0"),
            ({"steps-2-minutes": "-1"}, "viết số giờ từ 0"),
            ({"steps-2-minutes": "99999999"}, "Thời gian của bước 3"),
            ({"steps-1-sends_back_to": "work"}, "chỉ có thể trả lại một bước đứng trước"),
            ({"steps-1-kind": "DANCE"}, "hãy chọn loại bước"),
            ({"steps-1-role": "KING"}, "hãy chọn vai trò"),
            ({"name": ""}, "Hãy đặt tên quy trình."),
        ],
    )
    def test_says_what_is_wrong_beside_the_line(
        self, admin: Client, drafted: Workflow, changes: dict[str, str], sentence: str
    ) -> None:
        answer = admin.post(address("edit-workflow", drafted), typed(drafted, **changes))

        assert answer.status_code == 422
        assert sentence in page_of(answer)
        assert "Thẩm định hồ sơ" in page_of(answer) or "steps-2-name" in changes

    def test_a_published_one_is_not_edited(self, admin: Client, published: Workflow) -> None:
        assert admin.post(address("edit-workflow", published), typed(published)).status_code == 409

    def test_replaces_the_model_by_a_file(self, admin: Client, drafted: Workflow) -> None:
        model = SimpleUploadedFile("x.bpmn", bpmn.as_file(bpmn.write(USUAL)))
        assert admin.post(address("workflow-model", drafted), {"model": model}).status_code == 302
        bad = admin.post(address("workflow-model", drafted), {"model": SimpleUploadedFile("x.bpmn", b"<x/>")})

        assert bad.status_code == 422


class TestPublishing:
    def publish(self, client: Client, workflow: Workflow) -> Any:
        return client.post(
            address("publish-workflow", workflow),
            {"valid_from": f"{local_date(now()):%d/%m/%Y}", "rule": "NEW_ONLY"},
        )

    def test_by_a_second_person(self, admin: Client, drafted: Workflow, published: Workflow) -> None:
        assert "Ban hành" in page_of(admin.get(address("workflow", drafted)))

        assert self.publish(admin, drafted).status_code == 302

        drafted.refresh_from_db()
        published.refresh_from_db()
        assert (drafted.state, published.state) == ("PUBLISHED", "RETIRED")

    def test_never_by_the_drafter(self, admin: Client, published: Workflow, world: World) -> None:
        own = draft_next(workflow_id=published.pk, by=world.admin, at=now())

        assert "Bạn là người soạn" in page_of(admin.get(address("workflow", own)))
        assert self.publish(admin, own).status_code == 403

    def test_never_without_the_right(self, drafted: Workflow, controller: User, enter: Entering) -> None:
        assert self.publish(enter(controller), drafted).status_code == 403

    def test_not_what_is_unfit_and_says_why(self, admin: Client, world: World, controller: User) -> None:
        bad = Blueprint(
            "Hỏng", (Step("receive", "Nhận", StepKind.RECEIVE, "", 0),), (Flow("receive", "end"),), "receive"
        )
        made = draft(
            procedure_id=world.procedure.pk, agency_id=world.other.pk, blueprint=bad, by=controller, at=now()
        )
        page = page_of(admin.get(address("workflow", made)))
        assert "chưa có vai trò thực hiện" in page

        answer = self.publish(admin, made)

        assert answer.status_code == 422
        assert "Chưa thể ban hành" in page_of(answer)

    def test_stops_applying(self, admin: Client, published: Workflow) -> None:
        assert admin.post(address("retire-workflow", published), {"retire_reason": ""}).status_code == 422
        admin.post(address("retire-workflow", published), {"retire_reason": "Bãi bỏ thủ tục"})

        published.refresh_from_db()
        assert published.state == "RETIRED"


class TestRows:
    def test_read_a_workflow_that_goes_one_way(self) -> None:
        rows = rows_of(USUAL)

        assert rows is not None
        assert [row.back for row in rows] == ["", "", "", "work", "work", "", ""]
        assert rows[2].hours == "16"

    def test_a_branching_one_is_no_table(self) -> None:
        flows = (*USUAL.flows, Flow("work", "sign", Outcome.REFUSE))
        assert rows_of(Blueprint(USUAL.name, USUAL.steps, flows, "receive")) is None

    @pytest.mark.parametrize(
        ("act", "keys"),
        [
            ("up:1", ["b", "a", "c"]), ("down:1", ["a", "c", "b"]), ("up:0", ["a", "b", "c"]), ("down:2", ["a", "b", "c"]),
            ("remove:0", ["b", "c"]), ("add", ["a", "b", "c", "new-1"]), ("fly:1", ["a", "b", "c"]),
            ("up:x", ["a", "b", "c"]),
        ],
    )  # fmt: skip
    def test_follow_a_press(self, act: str, keys: list[str]) -> None:
        assert [row.key for row in changed([Row("a"), Row("b"), Row("c", back="a")], act)] == keys

    def test_forget_a_way_back_to_a_line_that_is_gone(self) -> None:
        assert [row.back for row in changed([Row("a"), Row("b", back="a")], "remove:0")] == [""]

    @pytest.mark.parametrize("minutes", [0, 1, 30, 45, 60, 90, 95, 295, 480, 100_000])
    def test_say_hours_so_that_they_are_read_back_exactly(self, minutes: int) -> None:
        assert minutes_of(hours_of(minutes)) == minutes

    @pytest.mark.parametrize("typed", ["-1", "1:75", "nhiều", "1e9", "NaN", "12345678901"])
    def test_refuse_what_is_no_number_of_hours(self, typed: str) -> None:
        assert minutes_of(typed) is None


class TestComparing:
    def test_says_and_marks_what_differs(self, admin: Client, drafted: Workflow) -> None:
        admin.post(
            address("edit-workflow", drafted),
            typed(drafted, **{"steps-2-minutes": "12,5", "steps-5-name": "Vào sổ"}),
        )

        page = page_of(admin.get(address("compare-workflow", drafted)))

        assert "Bước “Thẩm định hồ sơ”: thời gian từ 2 ngày thành 1 ngày 4 giờ 30 phút." in page
        assert page.count("flow-step--changed") == 4
        assert "≠ Sửa" in page

    def test_of_a_single_version(self, admin: Client, published: Workflow) -> None:
        assert "Chưa có phiên bản nào khác" in page_of(admin.get(address("compare-workflow", published)))

    def test_not_by_a_clerk(self, clerk: Client, published: Workflow) -> None:
        assert clerk.get(address("compare-workflow", published)).status_code == 403
