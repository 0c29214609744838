"""Biểu mẫu điện tử của tỉnh mẫu: real questions of seventeen procedures, drafted by one person, published by another."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from motcua.demo.eforms import civil, living, working
from motcua.demo.province import Province
from motcua.service.forms.definition import write
from motcua.service.forms.operations.drafting import draft_version, make_form
from motcua.service.forms.operations.publishing import publish_version
from motcua.service.procedures.models import Procedure

FORMS = (*civil.FORMS, *living.FORMS, *working.FORMS)
REASON = "Quyết định ban hành biểu mẫu điện tử của tỉnh mẫu"


def found(made: Province, *, at: datetime, valid_from: date) -> None:
    """Ban hành biểu mẫu của tỉnh mẫu."""
    procedures = dict(Procedure.objects.values_list("code", "pk"))
    for told in FORMS:
        form = make_form(
            code=told.code, name=told.definition.title, procedure_id=procedures[told.procedure],
            official=told.official, confidence=told.confidence, by=made.controller, at=at,
        )  # fmt: skip
        version = draft_version(form_id=form.pk, by=made.controller, at=at, document=write(told.definition))
        publish_version(
            version_id=version.pk, by=made.admin, at=at + timedelta(minutes=30), valid_from=valid_from, reason=REASON
        )  # fmt: skip
