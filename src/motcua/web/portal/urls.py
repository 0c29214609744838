from __future__ import annotations

from django.urls import URLPattern, path

from motcua.web.portal import drafts, filed, holdings, mandates, mine, queue, signing_in, views

app_name = "portal"
DRAFT = "nop-ho-so/<str:code>/<uuid:draft_id>/"

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
    path("cong-dan/ho-so/<str:code>/", filed.Story.as_view(), name="citizen-dossier"),
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
    path("nop-ho-so/tiep-tuc/", drafts.Resume.as_view(), name="resume-filing"),
    path("nop-ho-so/ban-nhap/", drafts.MyDrafts.as_view(), name="my-drafts"),
    path("nop-ho-so/da-nop/<uuid:filing_id>/", filed.Filed.as_view(), name="filed"),
    path("nop-ho-so/da-nop/<uuid:filing_id>/bien-nhan.pdf", filed.Receipt.as_view(), name="filed-receipt"),
    path("nop-ho-so/<str:code>/", drafts.Start.as_view(), name="start-filing"),
    path(f"{DRAFT}noi-nop/", drafts.Place.as_view(), name="draft-noi-nop"),
    path(f"{DRAFT}nguoi-nop/", drafts.Who.as_view(), name="draft-nguoi-nop"),
    path(f"{DRAFT}giay-to/", drafts.Papers.as_view(), name="draft-giay-to"),
    path(f"{DRAFT}giay-to/<int:paper_id>/", drafts.Upload.as_view(), name="draft-upload"),
    path(f"{DRAFT}tep/<uuid:document_id>/", drafts.OwnFile.as_view(), name="draft-file"),
    path(f"{DRAFT}tep/<uuid:document_id>/bo/", drafts.Drop.as_view(), name="draft-drop"),
    path(f"{DRAFT}nhan-ket-qua/", drafts.Return.as_view(), name="draft-nhan-ket-qua"),
    path(f"{DRAFT}kiem-tra/", drafts.Check.as_view(), name="draft-kiem-tra"),
    path(f"{DRAFT}thay-doi/", drafts.Changed.as_view(), name="draft-changed"),
    path(f"{DRAFT}xoa/", drafts.Forget.as_view(), name="draft-forget"),
    path("cong-dan/ho-so/", filed.Mine.as_view(), name="my-filings"),
    path("cong-dan/ho-so/<str:code>/", filed.Story.as_view(), name="my-filing"),
    path("cong-dan/ho-so/<str:code>/bo-sung/", filed.Supplement.as_view(), name="my-supplement"),
    path(
        "cong-dan/ho-so/<str:code>/bo-sung/tep/<uuid:document_id>/", filed.OwnFile.as_view(), name="my-file"
    ),
    path("cong-dan/ho-so/<str:code>/rut/", filed.Withdraw.as_view(), name="my-withdrawal"),
    path("cong-dan/ho-so/<str:code>/lien-he/", filed.Contact.as_view(), name="my-contact"),
    path("cong-dan/ho-so/<str:code>/chep/", filed.Copy.as_view(), name="my-copy"),
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
