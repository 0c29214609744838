"""What the tests of the counter do again and again."""

from __future__ import annotations

import io
import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from motcua.core.ids import new_id
from motcua.core.time import local_date, now
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.operations.assigning import assign_work
from motcua.service.dossiers.operations.deciding import propose, review, sign
from motcua.service.dossiers.operations.returning import issue
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.dossiers.tests.world import World

PDF = b"%PDF-1.4 scan"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def text_of(response: Any) -> str:
    """The page as it is read: no tags, single blanks."""
    body = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(body).split())


def reception_url(world: World, dossier_id: UUID | None = None) -> str:
    address = reverse("counter:reception", args=[world.applicant.pk, world.offering.pk])
    return f"{address}?ho-so={dossier_id or new_id()}"


def ticked(world: World, **changes: Any) -> dict[str, Any]:
    """The form of a complete dossier."""
    papers = {f"paper-{paper.pk}": "PROVIDED" for paper in world.papers}
    forms = {f"form-{paper.pk}": "ORIGINAL" for paper in world.papers}
    numbers = {f"qty-{paper.pk}": "1" for paper in world.papers}
    return {
        **papers,
        **forms,
        **numbers,
        "fee_amount": "",
        "return_channel": "COUNTER",
        "sets": "1",
        **changes,
    }


def scan(name: str = "to-khai.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def received(world: World, **changes: Any) -> Dossier:
    return world.receive(**{"at": now() - timedelta(minutes=5), **changes})


def with_result(world: World, at: datetime | None = None, **changes: Any) -> Dossier:
    """A dossier whose result waits at the counter."""
    at = at or now() - timedelta(hours=1)
    dossier = world.receive(at=at, **changes)
    transfer(dossier_id=dossier.pk, by=world.clerk, at=at)
    assign_work(dossier_id=dossier.pk, holder=world.officer, by=world.head, at=at)
    propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=world.officer, at=at)
    review(dossier_id=dossier.pk, by=world.head, at=at)
    sign(dossier_id=dossier.pk, by=world.leader, at=at)
    return issue(dossier_id=dossier.pk, number="15/TL", issued_on=local_date(at), by=world.records, at=at)


def queries_of(client: Client, address: str) -> int:
    """What the page asks, but for what a process keeps for some seconds: the calendars."""
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return sum("calendars_" not in query["sql"] for query in captured.captured_queries)


def a_picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (600, 800), "white").save(out, "PNG")
    return out.getvalue()
