from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from motcua.web.ui.pages import Page


class Home(Page):
    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render("portal/home/show.html")


class TrackingPage(Home):
    pass


class ClockPage(Home):
    pass
