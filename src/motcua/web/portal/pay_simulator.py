"""Trang của cổng mô phỏng: what a real platform would show, with buttons for what may go wrong. Only in a demo."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from motcua.integrations.payment_platform import simulator
from motcua.integrations.payment_platform.models import SimulatedOrder
from motcua.web.ui.pages import Page

SHOWN = 50


class Orders(Page):
    """Các lệnh gần đây, to call late."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        if not simulator.is_on():
            raise self.missing("Trang này chỉ có ở bản minh họa.")
        orders = SimulatedOrder.objects.select_related("channel").order_by("-created_at")[:SHOWN]
        return self.render("portal/pay/simulator/index.html", orders=orders)


class Order(Page):
    """Một lệnh: the payer's page at the make-believe platform."""

    public = True

    def get(self, request: HttpRequest, order_id: UUID) -> HttpResponse:
        return self.render(
            "portal/pay/simulator/show.html",
            order=self._order(order_id),
            ways=[(name, way[0]) for name, way in simulator.WAYS.items()],
        )

    def post(self, request: HttpRequest, order_id: UUID) -> HttpResponse:
        order = self._order(order_id)
        way = request.POST.get("way", "")
        if way == "bao-muon":
            simulator.call_now(order_id=order.pk, at=self.at)
            return self.done("Cổng mô phỏng sẽ báo ngay.", "portal:pay-simulator")
        simulator.press(order_id=order.pk, way=way, at=self.at)
        return self.go(order.return_url)

    def _order(self, order_id: UUID) -> SimulatedOrder:
        order = SimulatedOrder.objects.select_related("channel").filter(pk=order_id).first()
        if order is None or not simulator.is_on():
            raise self.missing("Không có lệnh thanh toán mô phỏng này.")
        return order
