from __future__ import annotations

from django.apps import AppConfig


class BoardConfig(AppConfig):
    name = "motcua.web.board"
    label = "board"
    verbose_name = "Giám sát"
