"""Bưu chính mô phỏng: the parcels of a demo, with buttons for what may become of them. Only where simulators are on."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from motcua.integrations import postal_simulation
from motcua.integrations.viettel_post import walking
from motcua.integrations.viettel_post.models import SimulatedWord
from motcua.web.ui.pages import Page

SHOWN = 400  # words, of some fifty parcels


class Post(Page):
    """Các vận đơn gần đây of who tells by itself, and how the simulators answer."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        self._refuse_outside_a_demo()
        parcels: dict[str, list[SimulatedWord]] = {}
        for word in SimulatedWord.objects.order_by("-pk")[:SHOWN]:
            parcels.setdefault(word.number, []).append(word)
        return self.render(
            "portal/post/simulator.html",
            parcels=[sorted(words, key=lambda word: word.happened_at) for words in parcels.values()],
            ways=[(name, pressed[0]) for name, pressed in walking.PRESSED.items()],
            modes=list(postal_simulation.MODES.items()),
            mode=postal_simulation.mode(),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        self._refuse_outside_a_demo()
        reader = self.read()
        if number := reader.text("number", longest=60):
            walking.press(number=number, way=reader.text("way", longest=20), at=self.at)
            return self.done("Bưu chính mô phỏng sẽ báo ngay.", "portal:post-simulator")
        wanted = reader.choice("mode", list(postal_simulation.MODES), required="Hãy chọn cách trả lời.")
        reader.check()
        postal_simulation.switch(wanted)
        return self.done(
            f"Bưu chính mô phỏng: {postal_simulation.MODES[wanted].lower()}.", "portal:post-simulator"
        )

    def _refuse_outside_a_demo(self) -> None:
        if not settings.SIMULATORS:
            raise self.missing("Trang này chỉ có ở bản minh họa.")
