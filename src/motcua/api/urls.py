from __future__ import annotations

from django.urls import path

from motcua.api import messages, payments, post, queue

app_name = "api"

urlpatterns = [
    path("thanh-toan/<uuid:channel_id>/", payments.Callback.as_view(), name="payment-callback"),
    path("thanh-toan/<uuid:channel_id>/tra-cuu/", payments.DuesLookup.as_view(), name="payment-lookup"),
    path("buu-chinh/<uuid:carrier_id>/", post.CarrierWord.as_view(), name="carrier-word"),
    path("tin-nhan/<slug:channel>/", messages.Report.as_view(), name="message-report"),
    path("hang-cho/trang-thai", queue.State.as_view(), name="queue-state"),
    path("hang-cho/so", queue.Tickets.as_view(), name="tickets"),
    path("hang-cho/so/<uuid:ticket_id>", queue.TicketState.as_view(), name="ticket"),
    path("hang-cho/nhan-hen", queue.Arrivals.as_view(), name="arrivals"),
    path("hang-cho/quay/<int:number>/<slug:act>", queue.DeskAct.as_view(), name="desk"),
]
