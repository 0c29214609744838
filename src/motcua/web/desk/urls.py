from __future__ import annotations

from django.urls import URLPattern, path

from motcua.web.desk import bulk, consultations, files, inbox, interrupting, papers, searching, sheet, working

app_name = "desk"

urlpatterns: list[URLPattern] = [
    path("", inbox.Index.as_view(), name="index"),
    path("tim/", searching.Search.as_view(), name="search"),
    path("nhieu-ho-so/", bulk.Bulk.as_view(), name="bulk"),
    path("y-kien/", consultations.Questions.as_view(), name="questions"),
    path("y-kien/<uuid:consultation_id>/", consultations.Answer.as_view(), name="answer"),
    path("ho-so-giay/", papers.PaperFiles.as_view(), name="paper-files"),
    path("tep/<uuid:document_id>/", files.File.as_view(), name="file"),
    path("tep/<uuid:document_id>/trang/<int:page>/", files.PagePicture.as_view(), name="picture"),
    path("ho-so/<uuid:dossier_id>/", sheet.Show.as_view(), name="dossier"),
    path("ho-so/<uuid:dossier_id>/nhan-viec/", working.Claim.as_view(), name="claim"),
    path("ho-so/<uuid:dossier_id>/phan-cong/", working.Assign.as_view(), name="assignment"),
    path("ho-so/<uuid:dossier_id>/nguoi-xu-ly/", working.Reassign.as_view(), name="holder"),
    path("ho-so/<uuid:dossier_id>/trinh/", working.Propose.as_view(), name="proposal"),
    path("ho-so/<uuid:dossier_id>/lay-y-kien/", working.Consult.as_view(), name="consultations"),
    path("ho-so/<uuid:dossier_id>/xem-xet/", working.Review.as_view(), name="review"),
    path("ho-so/<uuid:dossier_id>/ky/", working.Sign.as_view(), name="signature"),
    path("ho-so/<uuid:dossier_id>/tra-lai/", working.ReturnToWork.as_view(), name="return-to-work"),
    path("ho-so/<uuid:dossier_id>/phat-hanh/", working.Issue.as_view(), name="issue"),
    path("ho-so/<uuid:dossier_id>/uu-tien/", working.Prioritise.as_view(), name="priority"),
    path("thoi-han/", interrupting.Deadlines.as_view(), name="deadlines"),
    path("ho-so/<uuid:dossier_id>/bo-sung/", interrupting.AskSupplement.as_view(), name="supplement"),
    path("ho-so/<uuid:dossier_id>/tam-dung/", interrupting.PauseClock.as_view(), name="pause"),
    path("ho-so/<uuid:dossier_id>/tinh-tiep/", interrupting.ResumeClock.as_view(), name="resume"),
    path("ho-so/<uuid:dossier_id>/mo-lai/", interrupting.Reopen.as_view(), name="reopening"),
    path("ho-so/<uuid:dossier_id>/hai-dong-ho/", interrupting.TwoClocks.as_view(), name="clocks"),
    path("ho-so/<uuid:dossier_id>/ghi-chu/", working.Notes.as_view(), name="notes"),
]
