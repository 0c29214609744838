"""Every address. Each audience keeps its own; this page says where it stands."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("motcua.web.portal.urls")),
    path("tai-khoan/", include("motcua.web.accounts.urls")),
    path("quay/", include("motcua.web.counter.urls")),
    path("ban-lam-viec/", include("motcua.web.desk.urls")),
    path("quan-tri/", include("motcua.web.admin.urls")),
]
