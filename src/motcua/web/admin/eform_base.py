"""Trang soạn biểu mẫu: what each page of the builder stands on."""

from __future__ import annotations

import json
from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.core.errors import Stale
from motcua.foundation.identity.permissions import Permission
from motcua.service.forms.definition import Definition, write
from motcua.service.forms.models import Form, FormVersion
from motcua.service.forms.operations.drafting import LARGEST, edit_version
from motcua.web.admin.base import AdminPage
from motcua.web.ui.forms import Reader

State = FormVersion.State


class FormAdmin(AdminPage):
    abstract = True
    section = "admin:eforms"
    permission: ClassVar[Permission | None] = Permission.MANAGE_FORMS

    def form_or_missing(self, form_id: UUID) -> Form:
        found = Form.objects.select_related("procedure").filter(pk=form_id).first()
        if found is None:
            raise self.missing("Không có biểu mẫu này.")
        return found

    def version(self, version_id: UUID) -> FormVersion:
        rows = FormVersion.objects.select_related("form__procedure", "drafted_by", "published_by")
        found = rows.filter(pk=version_id).first()
        if found is None:
            raise self.missing("Không có phiên bản này.")
        return found

    def draft(self, version_id: UUID) -> FormVersion:
        """A draft that this person may edit. Raises Stale, Forbidden."""
        self.require_everywhere(Permission.MANAGE_FORMS)
        found = self.version(version_id)
        if found.state != State.DRAFT:
            raise Stale("Phiên bản này không còn là bản soạn. Hãy soạn phiên bản kế tiếp.")
        return found

    def keep(self, version: FormVersion, definition: Definition, said: str, anchor: str = "") -> HttpResponse:
        """Save what was changed; `edits` is what the page showed."""
        given = self.request.POST.get("edits", "")
        edit_version(
            version_id=version.pk, edits=int(given) if given.isdecimal() and len(given) < 9 else -1,
            document=write(definition), by=self.user, at=self.at,
        )  # fmt: skip
        return self.done(said, reverse("admin:eform-version", args=[version.pk]) + anchor)


def read_file(request: HttpRequest, reader: Reader) -> Any:
    """Tệp JSON, when one was given."""
    file = request.FILES.get("file")
    if file is None:
        return None
    if (file.size or 0) > LARGEST:
        reader.refuse("file", "Tệp lớn hơn 2 MB, không phải một biểu mẫu.")
        return None
    try:
        return json.loads(file.read().decode("utf-8"))
    except (ValueError, RecursionError):
        reader.refuse("file", "Tệp chưa phải JSON. Hãy tải tệp đã xuất từ trang biểu mẫu.")
        return None
