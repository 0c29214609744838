from __future__ import annotations

from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt

from motcua.web.ui import eforms, pages, views

app_name = "ui"

urlpatterns: list[URLPattern] = [
    path("dia-danh/", eforms.Places.as_view(), name="places"),
    path("", views.StylePage.as_view(), name="style"),
    # Sets only how this browser shows pages; there is nothing to protect.
    path("cach-hien/", csrf_exempt(pages.Appearance.as_view()), name="appearance"),
]
