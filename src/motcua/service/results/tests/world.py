"""A dossier carried to its result, with a leader and an agency that hold certificates."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.test.utils import CaptureQueriesContext

from motcua.foundation.documents.models import Document
from motcua.foundation.documents.operations.storing import store
from motcua.foundation.identity.models import User
from motcua.foundation.signing.local_ca import LocalCa
from motcua.foundation.signing.operations.keeping import register_identity
from motcua.foundation.signing.tests.world import authority, paper
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.operations.deciding import propose, review, sign
from motcua.service.dossiers.operations.returning import issue
from motcua.service.dossiers.tests.world import BEGINNING, MONDAY, World, in_work
from motcua.service.results.models import IssuedResult, SigningJob
from motcua.service.results.operations.drafting import put_draft
from motcua.service.results.operations.keys import open_issuer_key
from motcua.service.results.operations.signing import carry_out


def at(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


@dataclass
class Signers:
    ca: LocalCa
    leader: Any
    agency: Any


def equip(world: World, folder: Path, settings: Any) -> Signers:
    """Certificates for the leader and the agency, and a key for the QR codes."""
    ca = authority(folder, settings, BEGINNING)
    leader = register_identity(
        certificate=ca.issue(world.leader.full_name, "leader.p12"), chain=ca.chain, keeper="FILE",
        key_name="leader.p12", user=world.leader, agency=world.department, by=None, at=BEGINNING,
    )  # fmt: skip
    agency = register_identity(
        certificate=ca.issue(world.department.name, "agency.p12"), chain=ca.chain, keeper="FILE",
        key_name="agency.p12", agency=world.department, by=None, at=BEGINNING,
    )  # fmt: skip
    open_issuer_key(valid_from=BEGINNING, by=None, at=BEGINNING)
    return Signers(ca, leader, agency)


def upload(by: User, content: bytes | None = None, name: str = "ket-qua.pdf", text: str = "") -> Document:
    made = content if content is not None else paper(text or "Trích lục khai sinh của Nguyễn Thị Ánh")
    return store(io.BytesIO(made), name=name, by=by, at=at(0))


def proposed(world: World, *, has_draft: bool = True) -> Dossier:
    dossier = in_work(world)
    if has_draft:
        put_draft(dossier_id=dossier.pk, document_id=upload(world.officer).pk, by=world.officer, at=at(3))
    propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=world.officer, at=at(3))
    return review(dossier_id=dossier.pk, by=world.head, at=at(3.5))


def issued(world: World, *, has_draft: bool = True, document: Document | None = None) -> IssuedResult:
    """Signed by the leader, issued by the records clerk; the worker has done nothing yet."""
    dossier = proposed(world, has_draft=has_draft)
    sign(dossier_id=dossier.pk, by=world.leader, at=at(4))
    issue(
        dossier_id=dossier.pk, number="12/TL", issued_on=MONDAY.date(), by=world.records, at=at(5),
        document_id=document.pk if document else None,
    )  # fmt: skip
    return IssuedResult.objects.get(dossier=dossier)


def work_off() -> None:
    """What the worker would do."""
    for pk in SigningJob.objects.filter(state="WAITING").order_by("asked_at").values_list("pk", flat=True):
        carry_out(pk, clock=lambda: at(5.5))


def published(world: World, **how: Any) -> IssuedResult:
    made = issued(world, **how)
    work_off()
    made.refresh_from_db()
    return made


def bytes_of(document: Document) -> bytes:
    from motcua.foundation.documents import content

    with content.opened(document.file.sha256) as stream:
        return stream.read()


def locked_in(ran: CaptureQueriesContext) -> list[str]:
    """Tables of which rows were taken for an act, in that order."""
    asked = (re.search(r'FROM "(\w+)".* FOR UPDATE', one["sql"], re.DOTALL) for one in ran.captured_queries)
    return [found[1] for found in asked if found]
