"""Tìm hồ sơ: by name without diacritics, number, phone or code; a whole code goes straight to its dossier."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from motcua.service.dossiers.searching import MOST, code_in, search
from motcua.web.desk.base import READERS, DeskPage
from motcua.web.desk.inbox import rows_of
from motcua.web.desk.wanted import SEARCH, Wanted, kept_for


class Search(DeskPage):
    any_of = READERS

    def get(self, request: HttpRequest) -> HttpResponse:
        text = " ".join(request.GET.get("q", "").split())[:300]
        found = search(text, user=self.user, at=self.at) if text else []
        if len(found) == 1 and found[0].code == code_in(text).upper():
            return self.go("desk:dossier", found[0].pk)
        return self.render(
            "desk/search/index.html",
            text=text,
            rows=rows_of(found, self.at),
            is_full=len(found) == MOST,
            kept=[
                one
                for one in kept_for(self.user, self.access, tab=SEARCH, wanted=Wanted(q=text))
                if one.is_search
            ],
        )
