from __future__ import annotations

from django.urls import URLPattern, path

from motcua.web.portal import queue, signing_in, views

app_name = "portal"

urlpatterns: list[URLPattern] = [
    path("", views.Home.as_view(), name="home"),
    path("tra-cuu/", views.TrackingPage.as_view(), name="tracking"),
    path("ho-so-cham/", views.LatenessPage.as_view(), name="lateness"),
    path("tinh-ngay-hen-tra/", views.ClockPage.as_view(), name="clock"),
    path("cong-dan/dang-nhap/", signing_in.SignInPage.as_view(), name="citizen-sign-in"),
    path("cong-dan/dang-nhap/nang-muc/", signing_in.StepUp.as_view(), name="citizen-step-up"),
    path("hang-cho/", queue.Units.as_view(), name="queues"),
    path("hang-cho/may/", queue.Pairing.as_view(), name="pairing"),
    path("hang-cho/hen/", queue.AppointmentSearch.as_view(), name="appointment-search"),
    path("hang-cho/hen/<uuid:appointment_id>/", queue.AppointmentPage.as_view(), name="appointment"),
    path("hang-cho/hen/<uuid:appointment_id>/huy/", queue.Cancelling.as_view(), name="cancel-appointment"),
    path("hang-cho/so/<uuid:ticket_id>/", queue.TicketPage.as_view(), name="ticket"),
    path("hang-cho/so/<uuid:ticket_id>/bo/", queue.Leaving.as_view(), name="leave-queue"),
    path("hang-cho/<int:unit_id>/bang/", queue.Board.as_view(), name="board"),
    path("hang-cho/<int:unit_id>/lay-so/", queue.Kiosk.as_view(), name="kiosk"),
    path("hang-cho/<int:unit_id>/lay-so/<uuid:ticket_id>/", queue.KioskTicket.as_view(), name="kiosk-ticket"),
    path("hang-cho/<int:unit_id>/nhan-hen/", queue.CheckIn.as_view(), name="check-in"),
    path("hang-cho/<int:unit_id>/dat-hen/", queue.BookingLines.as_view(), name="booking"),
    path(
        "hang-cho/<int:unit_id>/dat-hen/<uuid:field_id>/", queue.BookingSlots.as_view(), name="booking-slots"
    ),
    path(
        "hang-cho/<int:unit_id>/dat-hen/<uuid:field_id>/<slug:stamp>/",
        queue.Booking.as_view(),
        name="booking-person",
    ),
]
