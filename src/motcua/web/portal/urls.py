from __future__ import annotations

from django.urls import URLPattern, path

from motcua.web.portal import views

app_name = "portal"

urlpatterns: list[URLPattern] = [
    path("", views.Home.as_view(), name="home"),
    path("tra-cuu/", views.TrackingPage.as_view(), name="tracking"),
    path("ho-so-cham/", views.LatenessPage.as_view(), name="lateness"),
    path("tinh-ngay-hen-tra/", views.ClockPage.as_view(), name="clock"),
]
