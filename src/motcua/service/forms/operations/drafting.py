"""Soạn biểu mẫu: a form is made, its next version drafted, edited and thrown away, until somebody else publishes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, transaction

from motcua.core import events
from motcua.core.errors import DomainError, Stale
from motcua.core.text import tidy
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.permissions import Permission
from motcua.service.forms.checking import read_document
from motcua.service.forms.definition import Definition, Page, write
from motcua.service.forms.events import FormDraftDiscarded, FormDrafted, FormEdited, FormMade
from motcua.service.forms.models import Form, FormVersion

if TYPE_CHECKING:
    from motcua.foundation.identity.models import User

LARGEST = 2_000_000


class NotAForm(DomainError):
    """Không đọc được biểu mẫu."""


class AlreadyThere(DomainError):
    """Đã có rồi."""


@transaction.atomic
def make_form(
    *,
    code: str,
    name: str,
    procedure_id: int,
    by: User,
    at: datetime,
    case_name: str = "",
    official: str = "",
    confidence: str = Form.Confidence.KNOWN,
) -> Form:
    """Lập biểu mẫu for a procedure, or for one case of it. Raises Forbidden, AlreadyThere."""
    access_of(by, at).require(Permission.MANAGE_FORMS)
    try:
        with transaction.atomic():
            form = Form.objects.create(
                code=code, name=tidy(name), procedure_id=procedure_id, case_name=tidy(case_name),
                official=tidy(official), confidence=confidence,
            )  # fmt: skip
    except IntegrityError as twice:
        raise AlreadyThere(
            "Thủ tục và trường hợp này, hoặc mã này, đã có biểu mẫu. Hãy mở biểu mẫu ấy và soạn phiên bản mới.",
            field="code",
        ) from twice
    events.record(FormMade(subject_id=form.pk, actor_id=by.pk, at=at, name=form.name, procedure=procedure_id))
    return form


@transaction.atomic
def draft_version(
    *, form_id: UUID, by: User, at: datetime, document: Mapping[str, Any] | None = None
) -> FormVersion:
    """Soạn phiên bản: from `document`, or else from the latest version; an empty form begins with one page.

    Raises Forbidden, AlreadyThere while another draft waits, NotAForm.
    """
    access_of(by, at).require(Permission.MANAGE_FORMS)
    form = _locked_form(form_id)
    if form.versions.filter(state=FormVersion.State.DRAFT).exists():
        raise AlreadyThere("Biểu mẫu này đang có một bản soạn. Hãy sửa tiếp bản ấy, hoặc bỏ nó trước.")
    latest = form.versions.order_by("-number").first()
    if document is None:
        begun = latest.document if latest else _blank(form.name)
    else:
        begun = canonical(document)
    version = FormVersion.objects.create(
        form=form, number=latest.number + 1 if latest else 1, document=begun, drafted_by=by, drafted_at=at
    )
    events.record(FormDrafted(subject_id=form.pk, actor_id=by.pk, at=at, number=version.number))
    return version


@transaction.atomic
def edit_version(
    *, version_id: UUID, edits: int, document: Mapping[str, Any], by: User, at: datetime
) -> FormVersion:
    """Sửa bản soạn. `edits` is what the page showed; whoever edits becomes who drafted it.

    Raises Forbidden, Stale when somebody else has edited since, NotAForm.
    """
    access_of(by, at).require(Permission.MANAGE_FORMS)
    version = locked_draft(version_id)
    if version.edits != edits:
        raise Stale("Bản soạn vừa được sửa ở nơi khác. Hãy xem bản mới nhất rồi sửa tiếp.")
    version.document = canonical(document)
    version.__dict__.pop("_definition", None)
    version.edits += 1
    version.drafted_by = by
    version.save(update_fields=["document", "edits", "drafted_by"])
    events.record(
        FormEdited(
            subject_id=version.form_id, actor_id=by.pk, at=at, number=version.number, edit=version.edits
        )
    )
    return version


@transaction.atomic
def discard_version(*, version_id: UUID, by: User, at: datetime) -> None:
    """Bỏ bản soạn. Raises Forbidden, Stale."""
    access_of(by, at).require(Permission.MANAGE_FORMS)
    version = locked_draft(version_id)
    version.state = FormVersion.State.DISCARDED
    version.save(update_fields=["state"])
    events.record(
        FormDraftDiscarded(subject_id=version.form_id, actor_id=by.pk, at=at, number=version.number)
    )


def canonical(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document as we write it. A draft may be unfinished, but it must be a form. Raises NotAForm."""
    definition, found = read_document(document)
    if definition is None:
        raise NotAForm(" ".join(found), field="file")
    return write(definition)


def locked_draft(version_id: UUID) -> FormVersion:
    version = (
        FormVersion.objects.select_for_update(of=("self",))
        .select_related("form")
        .filter(pk=version_id)
        .first()
    )
    if version is None or version.state != FormVersion.State.DRAFT:
        raise Stale("Bản soạn này không còn: đã ban hành hoặc đã bỏ. Hãy mở lại biểu mẫu.")
    return version


def _locked_form(form_id: UUID) -> Form:
    form = Form.objects.select_for_update().filter(pk=form_id).first()
    if form is None:
        raise Stale("Không còn biểu mẫu này.")
    return form


def _blank(title: str) -> dict[str, Any]:
    return write(Definition(title=title, pages=(Page(key="trang_1", title="Thông tin"),)))
