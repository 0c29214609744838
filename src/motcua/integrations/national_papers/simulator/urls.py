from __future__ import annotations

from django.urls import URLPattern, path

from motcua.integrations.national_papers.simulator import views

app_name = "simulated_national_papers"

urlpatterns: list[URLPattern] = [
    path("GetKetQuaGiayTo", views.find, name="find"),
    path("GetGiayToByUrl", views.get, name="get"),
]
