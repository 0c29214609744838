from __future__ import annotations

from django.urls import URLPattern, path

from motcua.web.board import corrections, digitisation, holdings, integrity

app_name = "board"

urlpatterns: list[URLPattern] = [
    path("", integrity.Index.as_view(), name="index"),
    path("so-hoa/", digitisation.Digitised.as_view(), name="digitised"),
    path("giay-da-co/", holdings.Demands.as_view(), name="demands"),
    path("bao-sai/", corrections.Corrections.as_view(), name="corrections"),
    path("toan-ven/<slug:code>/", integrity.Findings.as_view(), name="findings"),
    path("toan-ven/<uuid:finding_id>/sua/", integrity.Mending.as_view(), name="mending"),
]
