"""Every address. Each audience keeps its own; this page says where it stands."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("tai-khoan/", include("motcua.web.accounts.urls")),
    path("quay/", include("motcua.web.counter.urls")),
    path("ban-lam-viec/", include("motcua.web.desk.urls")),
    path("giao-dien/", include("motcua.web.ui.urls")),
    path("giam-sat/", include("motcua.web.board.urls")),
    path("api/", include("motcua.api.urls")),
    path("mo-phong/kho-quoc-gia/", include("motcua.integrations.national_papers.simulator.urls")),
    path("mo-phong/dang-nhap/", include("motcua.integrations.sign_in.simulator.urls")),
    path("mo-phong/buu-chinh/vnpost/", include("motcua.integrations.vnpost.simulator")),
    path("mo-phong/buu-chinh/viettel-post/", include("motcua.integrations.viettel_post.simulator")),
    path("mo-phong/ky-so-tu-xa/", include("motcua.integrations.remote_signing.simulator")),
    path("quan-tri/", include("motcua.web.admin.urls")),
    path(
        "", include("motcua.web.portal.urls")
    ),  # last: every address begins with "", and its list is the longest
]

handler400 = "motcua.web.ui.errors.bad_request"
handler403 = "motcua.web.ui.errors.forbidden"
handler404 = "motcua.web.ui.errors.missing"
handler500 = "motcua.web.ui.errors.broken"
