from __future__ import annotations

from django.urls import path

from motcua.web.admin import (
    agencies,
    audit,
    calendars,
    comparisons,
    competence,
    drawings,
    home,
    lateness,
    linking,
    papers,
    procedures,
    queues,
    regimes,
    rehearsals,
    staff,
    transitions,
    workflows,
)

app_name = "admin"

urlpatterns = [
    path("", home.Home.as_view(), name="index"),
    path("viec-khong-chuyen/", home.DeadLetters.as_view(), name="dead-letters"),
    path("viec-khong-chuyen/chuyen-lai/", home.Revival.as_view(), name="revival"),
    # Cơ quan
    path("co-quan/", agencies.Agencies.as_view(), name="agencies"),
    path("co-quan/thanh-lap/", agencies.NewAgency.as_view(), name="new-agency"),
    path("co-quan/<int:agency_id>/", agencies.AgencyPage.as_view(), name="agency"),
    path("co-quan/<int:agency_id>/ten/", agencies.Renaming.as_view(), name="rename-agency"),
    path("co-quan/<int:agency_id>/truc-thuoc/", agencies.Move.as_view(), name="move-agency"),
    path("co-quan/<int:agency_id>/lien-he/", agencies.Description.as_view(), name="describe-agency"),
    path("co-quan/<int:agency_id>/ket-thuc/", agencies.Closing.as_view(), name="close-agency"),
    path("co-quan/<int:agency_id>/mot-cua/", agencies.NewUnit.as_view(), name="new-unit"),
    path("co-quan/<int:agency_id>/vi-tri/", agencies.NewPost.as_view(), name="new-post"),
    path("co-quan/<int:agency_id>/<slug:kind>/<int:row_id>/ket-thuc/", agencies.Ending.as_view(), name="end"),
    # Nhân sự
    path("nhan-su/", staff.StaffList.as_view(), name="staff"),
    path("nhan-su/tao/", staff.NewStaff.as_view(), name="new-staff"),
    path("nhan-su/<uuid:user_id>/", staff.StaffMember.as_view(), name="staff-member"),
    path("nhan-su/<uuid:user_id>/thong-tin/", staff.StaffDescription.as_view(), name="describe-staff"),
    path("nhan-su/<uuid:user_id>/vi-tri/", staff.Appointment.as_view(), name="appoint"),
    path(
        "nhan-su/<uuid:user_id>/vi-tri/<int:membership_id>/thoi-giu/",
        staff.AppointmentEnd.as_view(),
        name="end-appointment",
    ),
    path("nhan-su/<uuid:user_id>/khoa/", staff.Deactivation.as_view(), name="deactivate-staff"),
    path("nhan-su/<uuid:user_id>/mo-lai/", staff.Reactivation.as_view(), name="reactivate-staff"),
    path("nhan-su/<uuid:user_id>/mo-khoa-dang-nhap/", staff.Unlocking.as_view(), name="unlock-staff"),
    path("nhan-su/<uuid:user_id>/mat-khau/", staff.NewPassword.as_view(), name="new-password"),
    path(
        "nhan-su/<uuid:user_id>/xac-thuc-hai-lop/",
        staff.SecondFactorRemoval.as_view(),
        name="remove-second-factor",
    ),
    path("uy-quyen/", staff.Delegations.as_view(), name="delegations"),
    path(
        "uy-quyen/<uuid:delegation_id>/thu-hoi/",
        staff.DelegationWithdrawal.as_view(),
        name="withdraw-delegation",
    ),
    # Lịch làm việc
    path("lich/", calendars.Calendars.as_view(), name="calendars"),
    path("lich/lap/", calendars.NewCalendar.as_view(), name="new-calendar"),
    path("lich/<uuid:calendar_id>/", calendars.CalendarYear.as_view(), name="calendar"),
    path("lich/<uuid:calendar_id>/ngay/", calendars.CalendarChange.as_view(), name="change-calendar"),
    path("lich/<uuid:calendar_id>/gio/", calendars.HoursChange.as_view(), name="change-hours"),
    path("lich/<uuid:calendar_id>/doi-ngay-hen/", calendars.Reschedulings.as_view(), name="reschedule"),
    path("che-do/moi/", regimes.NewRegime.as_view(), name="new-regime"),
    path("che-do/bao-truoc/", regimes.Alarms.as_view(), name="alarms"),
    path("che-do/<str:code>/", regimes.RegimeEdit.as_view(), name="regime"),
    # Thủ tục
    path("thu-tuc/", procedures.Procedures.as_view(), name="procedures"),
    path("thu-tuc/nap/", procedures.Import.as_view(), name="procedure-import"),
    path("thu-tuc/<str:code>/", procedures.ProcedurePage.as_view(), name="procedure"),
    path("thu-tuc/<str:code>/thoi-han/", procedures.CorrectedLimits.as_view(), name="corrected-limits"),
    path("thu-tuc/<str:code>/tep/", procedures.ProcedureFile.as_view(), name="procedure-file"),
    path("thu-tuc/<str:code>/ten-thuong-goi/", procedures.Nicknames.as_view(), name="nicknames"),
    path("thu-tuc/<str:code>/bai-bo/", procedures.Repeal.as_view(), name="repeal"),
    path("thu-tuc/<str:code>/noi-thuc-hien/", procedures.NewOffering.as_view(), name="new-offering"),
    path(
        "noi-thuc-hien/<int:offering_id>/mot-cua-quyet-dinh/",
        procedures.CounterAuthority.as_view(),
        name="counter-authority",
    ),
    # Hồ sơ chậm
    path("ho-so-cham/", lateness.Lateness.as_view(), name="lateness"),
    path("ho-so-cham/nguyen-nhan/them/", lateness.Cause.as_view(), name="new-cause"),
    path("ho-so-cham/nguyen-nhan/<int:cause_id>/", lateness.Cause.as_view(), name="cause"),
    path("noi-thuc-hien/<int:offering_id>/thoi/", procedures.OfferingEnd.as_view(), name="end-offering"),
    # Liên thông, phân cấp, phi địa giới, ngành dọc
    path("lien-thong/", linking.Groups.as_view(), name="groups"),
    path("lien-thong/soan/", linking.NewGroup.as_view(), name="new-group"),
    path("lien-thong/<int:group_id>/", linking.Show.as_view(), name="group"),
    path("lien-thong/<int:group_id>/ban-hanh/", linking.Publication.as_view(), name="publish-group"),
    path("lien-thong/<int:group_id>/thoi-ap-dung/", linking.Retirement.as_view(), name="retire-group"),
    path("phan-cap/", competence.Entrustments.as_view(), name="entrustments"),
    path("phan-cap/ghi-so/", competence.NewEntrustment.as_view(), name="new-entrustment"),
    path("phan-cap/<uuid:entrustment_id>/", competence.EntrustmentPage.as_view(), name="entrustment"),
    path("phi-dia-gioi/", competence.Listings.as_view(), name="boundary-free"),
    path("phi-dia-gioi/<uuid:listing_id>/dua-ra/", competence.Delisting.as_view(), name="delist"),
    path("nganh-doc/", competence.Seats.as_view(), name="vertical"),
    path("nganh-doc/<int:seat_id>/thoi/", competence.Unseating.as_view(), name="unseat"),
    # Quy trình
    path("quy-trinh/", workflows.Workflows.as_view(), name="workflows"),
    path("quy-trinh/soan/", workflows.NewWorkflow.as_view(), name="new-workflow"),
    path("quy-trinh/<int:workflow_id>/", workflows.WorkflowPage.as_view(), name="workflow"),
    path("quy-trinh/<int:workflow_id>/buoc/", workflows.Editing.as_view(), name="edit-workflow"),
    path("quy-trinh/<int:workflow_id>/ve/", drawings.Drawing.as_view(), name="draw-workflow"),
    path("quy-trinh/<int:workflow_id>/bpmn/", workflows.Model.as_view(), name="workflow-model"),
    path("quy-trinh/<int:workflow_id>/so-sanh/", comparisons.Comparison.as_view(), name="compare-workflow"),
    path("quy-trinh/<int:workflow_id>/chay-thu/", rehearsals.DryRun.as_view(), name="rehearse-workflow"),
    path("quy-trinh/<int:workflow_id>/ke-tiep/", workflows.NextDraft.as_view(), name="next-workflow"),
    path("quy-trinh/<int:workflow_id>/bo/", workflows.Discarding.as_view(), name="discard-workflow"),
    path("quy-trinh/<int:workflow_id>/ban-hanh/", workflows.Publication.as_view(), name="publish-workflow"),
    path("quy-trinh/<int:workflow_id>/thoi-ap-dung/", workflows.Retirement.as_view(), name="retire-workflow"),
    path(
        "quy-trinh/<int:workflow_id>/chuyen-tiep/", transitions.Preview.as_view(), name="transition-workflow"
    ),
    path("chuyen-tiep/<uuid:transition_id>/", transitions.Carrying.as_view(), name="transition"),
    path(
        "chuyen-tiep/<uuid:transition_id>/hoan-lai/",
        transitions.TakingBack.as_view(),
        name="take-back-transition",
    ),
    # Hàng chờ
    path("hang-cho/", queues.Queues.as_view(), name="queues"),
    path("hang-cho/<int:unit_id>/", queues.QueueUnit.as_view(), name="queue"),
    path("hang-cho/<int:unit_id>/linh-vuc/", queues.NewField.as_view(), name="new-queue-field"),
    path("hang-cho/<int:unit_id>/quay/", queues.DeskEdit.as_view(), name="queue-desk"),
    path("hang-cho/<int:unit_id>/luat/", queues.RuleEdit.as_view(), name="queue-rule"),
    path("hang-cho/<int:unit_id>/may/", queues.NewMachine.as_view(), name="new-queue-machine"),
    path(
        "hang-cho/<int:unit_id>/linh-vuc/<uuid:field_id>/khung-gio/",
        queues.SlotsEdit.as_view(),
        name="queue-slots",
    ),
    path(
        "hang-cho/<int:unit_id>/<slug:kind>/<uuid:row_id>/thoi/",
        queues.Ending.as_view(),
        name="end-queue-part",
    ),
    # Giấy tờ
    path("giay-to/", papers.Papers.as_view(), name="papers"),
    path("giay-to/truong/<str:form>/", papers.Fields.as_view(), name="paper-fields"),
    path("giay-to/mau-co-san/<str:form>/<slug:kind>/", papers.Sample.as_view(), name="paper-sample"),
    path("giay-to/mau/tai-len/", papers.NewTemplate.as_view(), name="new-paper-template"),
    path("giay-to/mau/<uuid:template_id>/", papers.Template.as_view(), name="paper-template"),
    path(
        "giay-to/mau/<uuid:template_id>/tep/<slug:kind>/",
        papers.TemplateFile.as_view(),
        name="paper-template-file",
    ),
    path(
        "giay-to/mau/<uuid:template_id>/ban-hanh/",
        papers.Publication.as_view(),
        name="publish-paper-template",
    ),
    path(
        "giay-to/mau/<uuid:template_id>/thu-hoi/", papers.Withdrawal.as_view(), name="withdraw-paper-template"
    ),
    path("giay-to/mau/<uuid:template_id>/bo/", papers.Discarding.as_view(), name="discard-paper-template"),
    path("giay-to/trinh-bay/", papers.Looks.as_view(), name="paper-looks"),
    path("giay-to/bien-lai/", papers.FeeSeriesPage.as_view(), name="fee-series"),
    # Nhật ký
    path("nhat-ky/", audit.Audit.as_view(), name="audit"),
    path("nhat-ky/kiem-tra/", home.Verification.as_view(), name="verification"),
]
