from __future__ import annotations

from django.urls import URLPattern, path

from motcua.web.counter import (
    applicants,
    dossiers,
    files,
    filings,
    handovers,
    home,
    interrupting,
    late,
    offerings,
    receptions,
    refusals,
    register,
    results,
    tickets,
)

app_name = "counter"

urlpatterns: list[URLPattern] = [
    path("", home.Home.as_view(), name="index"),
    path("tim/", home.Search.as_view(), name="search"),
    path("tiep-nhan/", applicants.People.as_view(), name="receive"),
    path("tiep-nhan/xa-phuong/", applicants.Wards.as_view(), name="wards"),
    path("tiep-nhan/<uuid:applicant_id>/", offerings.Offerings.as_view(), name="offerings"),
    path("tiep-nhan/<uuid:applicant_id>/sua/", applicants.Person.as_view(), name="person"),
    path(
        "tiep-nhan/<uuid:applicant_id>/<int:offering_id>/", receptions.Reception.as_view(), name="reception"
    ),
    path(
        "tiep-nhan/<uuid:applicant_id>/<int:offering_id>/giay-to/<int:paper_id>/",
        receptions.Uploads.as_view(),
        name="upload",
    ),
    path(
        "tiep-nhan/<uuid:applicant_id>/<int:offering_id>/tu-choi/", refusals.Refusal.as_view(), name="refuse"
    ),
    path("tu-choi/<uuid:refusal_id>/", refusals.Show.as_view(), name="refusal"),
    path("tu-choi/<uuid:refusal_id>/in/", refusals.Print.as_view(), name="refusal-paper"),
    path("ban-quet/<uuid:document_id>/bo/", receptions.UploadDrop.as_view(), name="upload-drop"),
    path("tep/<uuid:document_id>/", files.File.as_view(), name="file"),
    path("tep/<uuid:document_id>/trang/<int:page>/", files.Picture.as_view(), name="picture"),
    path("tep/<uuid:document_id>/du-lieu/", files.PaperData.as_view(), name="paper-data"),
    path("ho-so/<uuid:dossier_id>/", dossiers.Show.as_view(), name="dossier"),
    path("ho-so/<uuid:dossier_id>/vua-nhan/", dossiers.Receipt.as_view(), name="receipt"),
    path("ho-so/<uuid:dossier_id>/in/<slug:paper>/", dossiers.Print.as_view(), name="paper"),
    path("ho-so/<uuid:dossier_id>/ban-giao/", dossiers.Transfer.as_view(), name="transfer"),
    path("ho-so/<uuid:dossier_id>/ghi-chu/", dossiers.Notes.as_view(), name="note"),
    path("ho-so/<uuid:dossier_id>/ban-quet/", dossiers.Scans.as_view(), name="scan"),
    path("ho-so/<uuid:dossier_id>/ket-qua-sai/", late.FindWrong.as_view(), name="wrong-result"),
    path("thong-bao/<uuid:notice_id>/gui-lai/", late.Resend.as_view(), name="resend"),
    path("truc-tuyen/", filings.Filings.as_view(), name="filings"),
    path("truc-tuyen/<uuid:filing_id>/", filings.Answer.as_view(), name="filing"),
    path("truc-tuyen/tep/<uuid:document_id>/", filings.File.as_view(), name="filing-file"),
    path("tre-hen/", late.Late.as_view(), name="late"),
    path("ho-so/<uuid:dossier_id>/tra-ket-qua/", results.Return.as_view(), name="return"),
    path("ho-so/<uuid:dossier_id>/bo-sung/", interrupting.Supplements.as_view(), name="supplements"),
    path(
        "ho-so/<uuid:dossier_id>/yeu-cau-bo-sung/",
        interrupting.AskSupplement.as_view(),
        name="ask-supplement",
    ),
    path("ho-so/<uuid:dossier_id>/dung/", interrupting.Stopping.as_view(), name="stop"),
    path("ho-so/<uuid:dossier_id>/dong/", interrupting.Lapse.as_view(), name="lapse"),
    path("ho-so/<uuid:dossier_id>/sua/", interrupting.Amendment.as_view(), name="amend"),
    path("ho-so/<uuid:dossier_id>/hai-dong-ho/", interrupting.TwoClocks.as_view(), name="clocks"),
    path("cho-nguoi-dan/", interrupting.Waiting.as_view(), name="waiting"),
    path("thoi-han/", interrupting.Deadlines.as_view(), name="deadlines"),
    path("ban-giao/", handovers.HandOvers.as_view(), name="handover"),
    path("nhieu-ho-so/<uuid:bulk_id>/", handovers.BulkShow.as_view(), name="bulk-act"),
    path("ban-giao/<int:agency_id>/in/", handovers.HandOverList.as_view(), name="handover-list"),
    path("tra-ket-qua/", results.Results.as_view(), name="results"),
    path("goi-so/", tickets.Hall.as_view(), name="queue"),
    path("goi-so/quay/<uuid:desk_id>/mo/", tickets.Sittings.as_view(), name="open-desk"),
    path("goi-so/quay/dong/", tickets.SittingEnd.as_view(), name="close-desk"),
    path("goi-so/tiep/", tickets.Next.as_view(), name="call-next"),
    path("goi-so/lay-so/", tickets.Taking.as_view(), name="take-ticket"),
    path("goi-so/lich-hen/", tickets.Appointments.as_view(), name="appointments"),
    path("goi-so/danh-sach/", tickets.Tickets.as_view(), name="tickets"),
    path("goi-so/so/<uuid:ticket_id>/chuyen/", tickets.TicketTransfer.as_view(), name="transfer-ticket"),
    path("goi-so/so/<uuid:ticket_id>/tiep-nhan/", tickets.TicketReception.as_view(), name="receive-ticket"),
    path("goi-so/so/<uuid:ticket_id>/<slug:act>/", tickets.TicketAct.as_view(), name="ticket-act"),
    path("so-theo-doi/", register.Register.as_view(), name="register"),
    path("so-theo-doi/<int:agency_id>/in/", register.RegisterPrint.as_view(), name="register-paper"),
]
