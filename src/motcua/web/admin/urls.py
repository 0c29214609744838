from __future__ import annotations

from django.urls import URLPattern

app_name = "admin"

urlpatterns: list[URLPattern] = []
