"""Bản nháp mở trên máy này: which drafts the session of this browser has begun, or opened by their code."""

from __future__ import annotations

from django.http import HttpRequest

from motcua.service.filing.models import Draft

DRAFTS = "ban-nhap"
MOST_DRAFTS = 20


def opened_here(request: HttpRequest) -> list[str]:
    return [str(key) for key in request.session.get(DRAFTS, [])]


def keep_open(request: HttpRequest, draft: Draft) -> None:
    """This browser may open the draft until its session ends."""
    kept = [key for key in opened_here(request) if key != str(draft.pk)]
    request.session[DRAFTS] = [*kept, str(draft.pk)][-MOST_DRAFTS:]
