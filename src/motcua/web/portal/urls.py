from __future__ import annotations

from django.urls import URLPattern, path

from motcua.web.portal import holdings, mandates, mine, pay_simulator, paying, queue, signing_in, views

app_name = "portal"

urlpatterns: list[URLPattern] = [
    path("", views.Home.as_view(), name="home"),
    path("tra-cuu/", views.TrackingPage.as_view(), name="tracking"),
    path("ho-so-cham/", views.LatenessPage.as_view(), name="lateness"),
    path("tinh-ngay-hen-tra/", views.ClockPage.as_view(), name="clock"),
    path("cong-dan/dang-nhap/", signing_in.SignInPage.as_view(), name="citizen-sign-in"),
    path("cong-dan/dang-nhap/nang-muc/", signing_in.StepUp.as_view(), name="citizen-step-up"),
    path("cong-dan/dang-nhap/ve/", signing_in.Return.as_view(), name="citizen-back"),
    path(
        "cong-dan/dang-nhap/xac-nhan/<uuid:attempt_id>/",
        signing_in.Confirmation.as_view(),
        name="citizen-confirm",
    ),
    path("cong-dan/dang-nhap/qua/<slug:code>/", signing_in.Departure.as_view(), name="citizen-departure"),
    path("cong-dan/dang-xuat/", signing_in.SignOut.as_view(), name="citizen-sign-out"),
    path("cong-dan/", mine.Home.as_view(), name="citizen-home"),
    path("cong-dan/ho-so/<str:code>/", mine.MyDossier.as_view(), name="citizen-dossier"),
    path("cong-dan/tai-khoan/", mine.AccountPage.as_view(), name="citizen-account"),
    path("cong-dan/tai-khoan/lien-ket/", mine.Linking.as_view(), name="citizen-link"),
    path("cong-dan/tai-khoan/lien-ket/<uuid:link_id>/bo/", mine.Unlinking.as_view(), name="citizen-unlink"),
    path("cong-dan/thiet-bi/", mine.Devices.as_view(), name="citizen-devices"),
    path("cong-dan/thiet-bi/khac/dang-xuat/", mine.OtherDevicesEnd.as_view(), name="citizen-devices-end"),
    path(
        "cong-dan/thiet-bi/<uuid:session_id>/dang-xuat/", mine.DeviceEnd.as_view(), name="citizen-device-end"
    ),
    path("cong-dan/lam-thay/", mine.ActingFor.as_view(), name="citizen-acting"),
    path("cong-dan/nguoi-lam-thay/", mine.Representatives.as_view(), name="citizen-representatives"),
    path(
        "cong-dan/nguoi-lam-thay/<uuid:representative_id>/thoi/",
        mine.RepresentativeEnd.as_view(),
        name="citizen-representative-end",
    ),
    path("cong-dan/ai-da-xem/", mine.WhoLooked.as_view(), name="citizen-looks"),
    path("cong-dan/uy-quyen/", mandates.Mandates.as_view(), name="citizen-mandates"),
    path("cong-dan/uy-quyen/moi/", mandates.Giving.as_view(), name="citizen-mandate-new"),
    path(
        "cong-dan/uy-quyen/<uuid:mandate_id>/thu-hoi/",
        mandates.Revoking.as_view(),
        name="citizen-mandate-revoke",
    ),
    path("cong-dan/giay-to/", holdings.MyPapers.as_view(), name="my-papers"),
    path("cong-dan/giay-to/ai-da-xem/", holdings.WhoLooked.as_view(), name="my-papers-uses"),
    path("thanh-toan/", paying.PaySearch.as_view(), name="pay-search"),
    path("thanh-toan/<uuid:due_id>/", paying.Pay.as_view(), name="pay"),
    path("thanh-toan/<uuid:due_id>/mo/", paying.Open.as_view(), name="pay-open"),
    path("thanh-toan/<uuid:due_id>/ve/", paying.Back.as_view(), name="pay-back"),
    path("thanh-toan/<uuid:due_id>/da-chuyen/", paying.Sent.as_view(), name="pay-sent"),
    path("thanh-toan/<uuid:due_id>/doi-cach/", paying.OtherWay.as_view(), name="pay-other"),
    path("thanh-toan/<uuid:due_id>/bien-lai/", paying.ReceiptPaper.as_view(), name="pay-receipt"),
    path("mo-phong/thanh-toan/", pay_simulator.Orders.as_view(), name="pay-simulator"),
    path("mo-phong/thanh-toan/<uuid:order_id>/", pay_simulator.Order.as_view(), name="pay-simulated"),
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
