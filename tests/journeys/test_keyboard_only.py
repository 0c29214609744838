"""Chỉ bàn phím: a practised clerk takes in a dossier of five papers without a mouse, and always sees where the keys go."""

from __future__ import annotations

import time
from typing import Any

import pytest

from motcua.service.dossiers.models import Dossier, Part
from motcua.service.procedures.models import Paper
from tests.journeys.conftest import enter

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

NO_MOUSE = """
for (const kind of ["mousedown", "pointerdown", "touchstart"])
  addEventListener(kind, (event) => event.isTrusted && window.tellMouse(event.type), true);
"""
FOCUS = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return {where: "nowhere", shown: false};
  const marked = [at, at.nextElementSibling, at.closest("label"), at.closest("[data-row]")].filter(Boolean).some((one) => {
    const look = getComputedStyle(one);
    return (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0) || look.boxShadow !== "none";
  });
  const box = (at.closest("label") ?? at).getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return {where: `${at.tagName.toLowerCase()}#${at.id} ${at.name ?? ""}`.trim(), shown: marked && inside};
}"""
PACE = 60  # milliseconds between two keys: a quick hand, not a reader of codes


class Hands:
    """Ten fingers. Counts what they press; after each key that is not a letter, the focus must be seen."""

    def __init__(self, page: Any) -> None:
        self.page, self.keys, self.seen, self.began = page, 0, [], 0.0

    def begin(self) -> None:
        self.keys, self.began = 0, time.monotonic()
        self.look()

    def press(self, *keys: str, until: str = "") -> None:
        for key in keys:
            self.page.wait_for_timeout(PACE)
            self.page.keyboard.press(key)
            self.keys += 1
            if until and key == keys[-1]:
                self.page.wait_for_selector(until)
            self.look()

    def write(self, text: str) -> None:
        self.page.keyboard.type(text, delay=PACE)
        self.keys += len(text)

    def look(self) -> None:
        self.page.wait_for_load_state()
        found = self.page.evaluate(FOCUS)
        self.seen.append(found["where"])
        assert found["shown"], f"the focus is not to be seen at {found['where']} of {self.page.url}"

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began


@pytest.fixture
def hands(world: Any, open_page: Any) -> Any:
    """A clerk at the counter's first page, with a procedure of five papers; any use of a mouse fails the test."""
    for position, name in ((4, "Văn bản ủy quyền"), (5, "Ảnh chân dung")):
        Paper.objects.create(
            revision=world.revision,
            case=world.papers[0].case,
            position=position,
            name=name,
            originals=1,
        )
    mouse: list[str] = []
    page = open_page()
    enter(page, "motcua")
    page.expose_function("tellMouse", lambda kind: mouse.append(str(kind)))
    page.add_init_script(NO_MOUSE)
    page.goto("/quay/")
    yield Hands(page)
    assert not mouse


def received() -> Dossier:
    dossier = Dossier.objects.get()
    assert dossier.parts.filter(status=Part.Status.PROVIDED).count() == 5
    return dossier


class TestKeyboardOnly:
    def test_takes_in_five_papers_of_a_known_person(self, hands: Hands) -> None:
        hands.begin()
        hands.press("F2", until="text=Ai nộp hồ sơ?")
        hands.write("033190001234")
        hands.press("Enter", until="text=Nộp để làm gì?")
        hands.write("trich luc")
        hands.press("Enter", until="#receive")
        hands.press("F2", "Control+Enter", until="#done-title")
        print(
            f"\nknown person, five papers: {hands.keys} keys, {hands.seconds:.1f} s; {' > '.join(hands.seen)}"
        )

        assert received().applicant_name == "Nguyễn Thị Ánh"
        assert hands.page.evaluate("window.printed") is None or hands.page.locator("[data-print-now]").count()
        hands.press("F2", until="text=Ai nộp hồ sơ?")  # ready for the next person at once

    def test_takes_in_a_new_person_and_attaches_a_scan(self, hands: Hands, scan: str) -> None:
        page = hands.page
        hands.begin()
        hands.press("F2", until="text=Ai nộp hồ sơ?")
        hands.write("Lò Thị Hòa")
        hands.press("Enter", until="#f-name")
        assert page.input_value("#f-name") == "Lò Thị Hòa"
        assert "personal_number" in hands.seen[-1]  # the first thing that is not known yet
        hands.write("011190001234")
        hands.press("Control+Enter", until="text=Nộp để làm gì?")
        hands.write("2.000635")
        hands.press("Enter", until="#receive")
        hands.press("F2")
        for _ in range(60):  # backwards to the scan of the last paper
            if hands.seen[-1].startswith("input#file-"):
                break
            hands.press("Shift+Tab")
        with page.expect_file_chooser() as chooser:
            hands.press("Enter")
        chooser.value.set_files(scan)
        page.wait_for_selector(".scans li a")
        hands.press("Control+Enter", until="#done-title")
        print(f"\nnew person, one scan: {hands.keys} keys, {hands.seconds:.1f} s; {' > '.join(hands.seen)}")

        assert received().scans.count() == 1

    def test_corrects_one_paper_and_leaves_the_page_by_keys(self, hands: Hands, world: Any) -> None:
        page = hands.page
        page.goto(f"/quay/tiep-nhan/{world.applicant.pk}/{world.offering.pk}/")
        if not page.locator("#receive").count():
            hands.press("Enter", until="#receive")
        hands.begin()
        hands.press("Tab")  # from “Đủ cả” to the first paper
        hands.press("Space")
        assert page.locator(".ticks >> nth=0").locator("input:checked").get_attribute("value") == "PROVIDED"
        hands.press("ArrowRight")
        hands.press("Control+Enter", until=".error-summary")
        assert "Chưa có" in page.inner_text(".error-summary")
        hands.press("Tab", "Enter")  # the first refusal leads to its paper
        assert hands.seen[-1].startswith("input# paper-")
        assert Dossier.objects.count() == 0
