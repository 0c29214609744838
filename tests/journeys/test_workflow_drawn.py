"""A workflow is drawn in the browser, tried on what really happened, and published by a second person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from motcua.core.time import now
from motcua.foundation.identity.models import User
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.tests.test_migrating import to_work
from motcua.service.dossiers.tests.test_rehearsing import settled
from motcua.service.dossiers.tests.world import World
from motcua.service.workflows.blueprint import GateKind, Outcome, StepKind
from motcua.service.workflows.models import Workflow
from motcua.service.workflows.operations.drafting import draft_next, edit
from motcua.service.workflows.templates import short_blueprint

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def drafter(world: World) -> User:
    return User.objects.get(username="kiemsoat")


@pytest.fixture
def draft(world: World, drafter: User) -> Workflow:
    return draft_next(workflow_id=Workflow.objects.published().get().pk, by=drafter, at=now())


def choose(page: Any, words: str) -> None:
    """Pick what is edited by its words, as a screen reader's user does."""
    page.locator("#f-chosen").select_option(label=words)


def lead(page: Any, target: str, outcome: Outcome) -> None:
    """A line from what is chosen to a step, for one outcome."""
    page.locator("#f-target").select_option(label=target)
    page.get_by_role("button", name="Nối", exact=True).click()
    page.locator("#f-way-outcome").select_option(outcome.value)


def press(page: Any, name: str) -> None:
    """A button of the panel, by the key."""
    page.locator("[data-panel]").get_by_role("button", name=name, exact=True).press("Enter")


def save(page: Any) -> None:
    with page.expect_response(lambda answer: "/ve/" in answer.url and answer.request.method == "POST"):
        page.keyboard.press("Control+s")


def draw_a_second_review(page: Any) -> None:
    """One more review between the review and the signature: put down from the palette, told in the panel."""
    page.locator(".djs-palette [data-action='create.bpmn:UserTask']").click()
    box = page.locator("[data-canvas]").bounding_box()
    page.mouse.move(box["x"] + 400, box["y"] + 90)
    page.mouse.click(box["x"] + 420, box["y"] + 90)
    page.keyboard.press("Escape")  # the name is written in the panel
    page.locator("#f-step-name").fill("Pháp chế kiểm tra")
    page.locator("#f-step-kind").select_option("REVIEW")
    page.locator("#f-step-role").select_option("DIVISION_HEAD")
    page.locator("#f-step-hours").fill("1,5")
    page.locator("#f-step-product").fill("Ý kiến pháp chế")

    choose(page, "Đường: Rẽ nhánh sau “Xem xét, trình ký” → Ký duyệt")
    page.get_by_role("button", name="Bỏ phần này").click()
    choose(page, "Rẽ nhánh sau “Xem xét, trình ký”")
    lead(page, "Pháp chế kiểm tra", Outcome.AGREE)
    choose(page, "Pháp chế kiểm tra")
    page.get_by_role("button", name="Rẽ nhánh", exact=True).click()
    lead(page, "Ký duyệt", Outcome.AGREE)
    choose(page, "Rẽ nhánh sau “Pháp chế kiểm tra”")
    lead(page, "Thẩm định hồ sơ", Outcome.SEND_BACK)


class TestTheWholeWay:
    def test_drawn_tried_and_published_by_a_second_person(
        self,
        open_page: Callable[..., Any],
        sign_in: Callable[..., None],
        axe: Callable[..., None],
        picture: Callable[..., None],
        world: World,
        drafter: User,
    ) -> None:
        settled(world)
        settled(world, slow=9)
        waiting = to_work(world)
        page = open_page()
        sign_in(page, drafter)
        page.goto(f"/quan-tri/quy-trinh/{Workflow.objects.published().get().pk}/")
        page.locator("main details.menu summary").click()
        page.get_by_role("button", name="Soạn phiên bản kế tiếp").click()
        page.goto(f"/quan-tri/quy-trinh/{Workflow.objects.drafts().get().pk}/ve/")
        draw_a_second_review(page)
        save(page)
        page.get_by_text("Đã lưu bản nháp.").wait_for()
        picture(page, "quy-trinh-ve")

        draft = Workflow.objects.drafts().get()
        page.goto(f"/quan-tri/quy-trinh/{draft.pk}/so-sanh/")
        assert page.get_by_text("Thêm bước “Pháp chế kiểm tra”").count()
        axe(page)
        picture(page, "quy-trinh-so-sanh")

        page.goto(f"/quan-tri/quy-trinh/{draft.pk}/chay-thu/")
        page.locator("#f-first").fill("01/01/2026")
        page.locator("#f-last").fill("31/03/2026")
        page.get_by_role("button", name="Chạy thử").click()
        page.get_by_text("Trong 2 hồ sơ chạy thử, 1 sẽ trễ hẹn; thực tế đã trễ 1.").wait_for()
        axe(page)
        picture(page, "quy-trinh-chay-thu")

        leader = open_page()
        sign_in(leader, world.admin)
        leader.goto(f"/quan-tri/quy-trinh/{draft.pk}/chuyen-tiep/")
        assert leader.get_by_text("1 hồ sơ sẽ chuyển.").count()
        axe(leader)
        picture(leader, "quy-trinh-chuyen-tiep")
        leader.goto(f"/quan-tri/quy-trinh/{draft.pk}/")
        leader.get_by_label("Mọi hồ sơ đang giải quyết").check()
        leader.locator("#f-legal_basis").fill("Quyết định 12/QĐ-UBND ngày 02/3/2026")
        axe(leader)
        picture(leader, "quy-trinh-ban-hanh")
        leader.get_by_role("button", name="Ban hành").click()
        leader.get_by_role("button", name="Chuyển hồ sơ").click()
        leader.get_by_text("Đã xét hết hồ sơ.").wait_for()
        axe(leader)
        picture(leader, "quy-trinh-dot-chuyen-tiep")

        draft.refresh_from_db()
        assert (draft.state, draft.published_by) == ("PUBLISHED", world.admin)
        assert Dossier.objects.get(pk=waiting.pk).workflow_id == draft.pk

        leader.get_by_role("button", name="Hoàn lại đợt này").click()
        leader.get_by_text("Đã đưa 1 hồ sơ về phiên bản cũ.").wait_for()
        assert Dossier.objects.get(pk=waiting.pk).workflow_id != draft.pk


class TestDrawing:
    def test_a_step_put_down_and_told_is_saved_as_the_draft(
        self,
        open_page: Callable[..., Any],
        sign_in: Callable[..., None],
        axe: Callable[..., None],
        drafter: User,
        draft: Workflow,
    ) -> None:
        page = open_page()
        sign_in(page, drafter)
        page.goto(f"/quan-tri/quy-trinh/{draft.pk}/ve/")
        draw_a_second_review(page)
        axe(page)

        save(page)

        page.get_by_text("Đã lưu bản nháp.").wait_for()
        drawn = Workflow.objects.get(pk=draft.pk).blueprint
        made = next(step for step in drawn.steps if step.name == "Pháp chế kiểm tra")
        assert (made.kind, made.role, made.minutes) == (StepKind.REVIEW, "DIVISION_HEAD", 90)
        assert drawn.next_key("review", "AGREE") == made.key
        assert drawn.next_key(made.key, "AGREE") == "sign"
        assert drawn.next_key(made.key, "SEND_BACK") == "work"
        assert page.locator("[data-state]").text_content() == "Đã lưu"

    def test_is_undone_and_done_again(
        self,
        open_page: Callable[..., Any],
        sign_in: Callable[..., None],
        drafter: User,
        draft: Workflow,
    ) -> None:
        page = open_page()
        sign_in(page, drafter)
        page.goto(f"/quan-tri/quy-trinh/{draft.pk}/ve/")
        choose(page, "Phân công thụ lý")
        page.locator("#f-step-hours").fill("3")
        page.locator("#f-step-hours").press("Tab")

        page.get_by_role("button", name="Hoàn tác").click()
        assert page.locator("#f-step-hours").input_value() == "2"
        page.get_by_role("button", name="Làm lại").click()
        assert page.locator("#f-step-hours").input_value() == "3"

    def test_branches_and_a_sub_process_are_drawn_by_keys_alone(
        self,
        open_page: Callable[..., Any],
        sign_in: Callable[..., None],
        axe: Callable[..., None],
        drafter: User,
        draft: Workflow,
    ) -> None:
        page = open_page()
        sign_in(page, drafter)
        page.goto(f"/quan-tri/quy-trinh/{draft.pk}/ve/")
        choose(page, "Đường: Phân công thụ lý → Thẩm định hồ sơ")
        press(page, "Bỏ phần này")
        choose(page, "Phân công thụ lý")
        press(page, "Song song")
        page.locator("#f-target").select_option(label="Thẩm định hồ sơ")
        press(page, "Nối")
        choose(page, "Song song")
        press(page, "Quy trình con")
        page.locator("#f-sub-name").fill("Kiểm tra liên ngành")
        page.locator("#f-sub-name").press("Tab")
        axe(page)

        save(page)

        page.get_by_text("Còn").first.wait_for()
        drawn = Workflow.objects.get(pk=draft.pk).blueprint
        assert [sub.name for sub in drawn.subs] == ["Kiểm tra liên ngành"]
        (gate,) = (gate for gate in drawn.gates if gate.kind is GateKind.PARALLEL)
        assert {flow.target for flow in drawn.drawn_from(gate.key)} == {"work", drawn.subs[0].key}

    def test_what_is_wrong_leads_to_its_step(
        self,
        open_page: Callable[..., Any],
        sign_in: Callable[..., None],
        drafter: User,
        draft: Workflow,
    ) -> None:
        page = open_page()
        sign_in(page, drafter)
        page.goto(f"/quan-tri/quy-trinh/{draft.pk}/ve/")
        choose(page, "Vào sổ, phát hành")
        page.locator("#f-step-role").select_option("")
        save(page)

        choose(page, "Cả quy trình")
        page.get_by_role("button", name="Bước “Vào sổ, phát hành” chưa có vai trò thực hiện.").click()

        assert page.locator("#f-step-name").input_value() == "Vào sổ, phát hành"

    def test_nothing_is_lost_when_somebody_else_was_quicker(
        self,
        open_page: Callable[..., Any],
        sign_in: Callable[..., None],
        drafter: User,
        draft: Workflow,
    ) -> None:
        page = open_page()
        sign_in(page, drafter)
        page.goto(f"/quan-tri/quy-trinh/{draft.pk}/ve/")
        choose(page, "Phân công thụ lý")
        page.locator("#f-step-name").fill("Giao việc")
        edit(
            workflow_id=draft.pk, blueprint=short_blueprint(480, name="Của người khác"), by=drafter, at=now()
        )

        save(page)

        page.get_by_text("Bản nháp này vừa được").wait_for()
        choose(page, "Giao việc")
        assert page.locator("[data-state]").text_content() == "Có thay đổi chưa lưu"
        assert Workflow.objects.get(pk=draft.pk).name == "Của người khác"
        page.reload()  # the browser kept the drawing
        page.get_by_role("button", name="Mở bản đó").click()
        choose(page, "Giao việc")
