from __future__ import annotations

from django.urls import path

from motcua.web.accounts import delegations, leaves, views

app_name = "accounts"

urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("dang-nhap/", views.SignIn.as_view(), name="sign-in"),
    path("dang-xuat/", views.SignOut.as_view(), name="sign-out"),
    path("xac-thuc/", views.SecondFactor.as_view(), name="second-factor"),
    path("xac-thuc/dang-ky/", views.Enrolment.as_view(), name="enrol"),
    path("xac-thuc/ma-khoi-phuc/", views.RecoveryCodes.as_view(), name="recovery-codes"),
    path("thiet-bi/", views.Sessions.as_view(), name="sessions"),
    path("thiet-bi/khac/ket-thuc/", views.OtherSessionsEnd.as_view(), name="end-other-sessions"),
    path("thiet-bi/<uuid:session_id>/ket-thuc/", views.SessionEnd.as_view(), name="end-session"),
    path("mat-khau/", views.Password.as_view(), name="password"),
    path("nghi/", leaves.Leaves.as_view(), name="leaves"),
    path("nghi/<uuid:absence_id>/di-lam-lai/", leaves.Return.as_view(), name="end-leave"),
    path("uy-quyen/", delegations.Delegations.as_view(), name="delegations"),
    path(
        "uy-quyen/<uuid:delegation_id>/thu-hoi/", delegations.Withdrawal.as_view(), name="withdraw-delegation"
    ),
]
