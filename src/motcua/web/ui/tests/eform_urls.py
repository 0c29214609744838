"""A form to fill in for the tests of FormPages: whoever knows the subject may."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path, reverse

from motcua.core.errors import Forbidden
from motcua.service.forms.asking import answers_of
from motcua.service.forms.models import Answers
from motcua.web.ui.eforms import FormPages, confirm_pages
from motcua.web.ui.pages import Page

CONFIRM = """{% extends "ui/portal.html" %}{% import "ui/eform.html" as eform %}
{% block page %}<h1>Kiểm tra lại</h1>{{ eform.confirm(pages, edit) }}{% endblock %}"""


class Trial(FormPages):
    public = True

    def answers_here(self) -> Answers:
        found = answers_of(self.kwargs["subject"])
        if found is None:
            raise Forbidden("Không có.")
        return found

    @property
    def actor_id(self) -> UUID | None:
        return None

    def page_address(self, key: str) -> str:
        subject = self.kwargs["subject"]
        return reverse("trial-page", args=[subject, key]) if key else reverse("trial", args=[subject])

    def confirm_address(self) -> str:
        return reverse("trial-confirm", args=[self.kwargs["subject"]])


class Confirm(Page):
    public = True

    def get(self, request: HttpRequest, subject: UUID) -> HttpResponse:
        answers = answers_of(subject)
        assert answers
        context = {
            "pages": confirm_pages(answers, self.at.date()),
            "edit": lambda key: reverse("trial-page", args=[subject, key]) + "?sau=kiem-tra",
        }
        return HttpResponse(engines["jinja2"].from_string(CONFIRM).render(context, request))


urlpatterns = [
    path("thu/<uuid:subject>/", Trial.as_view(), name="trial"),
    path("thu/<uuid:subject>/kiem-tra/", Confirm.as_view(), name="trial-confirm"),
    path("thu/<uuid:subject>/<slug:key>/", Trial.as_view(), name="trial-page"),
    path("", include("motcua.config.urls")),
]
