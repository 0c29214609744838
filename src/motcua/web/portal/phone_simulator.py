"""Điện thoại mô phỏng: the messages that a demo has sent, and how its network behaves. Only where simulators are on."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from motcua.core.ids import as_key
from motcua.foundation.notices.rules import segments
from motcua.integrations.remote_signing import simulator as signatures
from motcua.integrations.remote_signing.models import SimulatedPush
from motcua.integrations.sms_zalo.simulator import phone
from motcua.web.ui.pages import Page


class Phone(Page):
    """Tin đã nhận, and the switches."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        self._refuse_outside_a_demo()
        rows = [(message, segments(str(message.get("text", "")))) for message in phone.messages()]
        return self.render(
            "portal/phone/simulator.html",
            rows=rows,
            modes=list(phone.MODES.items()),
            mode=phone.mode(),
            pushes=signatures.waiting(),
            answers=[one for one in SimulatedPush.Said.choices if one[0] != "NOTHING"],
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        self._refuse_outside_a_demo()
        reader = self.read()
        if push := as_key(reader.text("push")):
            signatures.say(push, reader.choice("said", SimulatedPush.Said.values) or "NO")
            return self.done("Đã trả lời trên điện thoại mô phỏng.", "portal:phone-simulator")
        wanted = reader.choice("mode", list(phone.MODES), required="Hãy chọn cách mạng trả lời.")
        reader.check()
        phone.switch(wanted)
        return self.done(f"Mạng mô phỏng: {phone.MODES[wanted].lower()}.", "portal:phone-simulator")

    def _refuse_outside_a_demo(self) -> None:
        if not settings.SIMULATORS:
            raise self.missing("Trang này chỉ có ở bản minh họa.")
