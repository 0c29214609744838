from __future__ import annotations

import io
from uuid import UUID

import pytest
from django.test import override_settings

from motcua.core.errors import Stale
from motcua.core.ids import new_id
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.operations.storing import store
from motcua.foundation.identity.models import User
from motcua.service.dossiers.models import Dossier, Scan
from motcua.service.dossiers.operations.keeping import attach_scan
from motcua.service.dossiers.operations.receiving import AlreadyReceived, PartIn, appointment
from motcua.service.dossiers.tests.world import MONDAY, World

pytestmark = pytest.mark.django_db
IN_MEMORY = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
}


@pytest.fixture(autouse=True)
def _files_in_memory() -> object:
    with override_settings(STORAGES=IN_MEMORY):
        yield


def upload(by: User, text: str = "a") -> Document:
    return store(io.BytesIO(f"%PDF-1.4 {text}".encode()), name="to-khai.pdf", by=by, at=MONDAY)


def with_scan(world: World, document_id: UUID) -> list[PartIn]:
    first, *others = world.papers
    return [
        PartIn(name=first.name, paper_id=first.pk, document_ids=[document_id]),
        *(PartIn(name=paper.name, paper_id=paper.pk) for paper in others),
    ]


class TestReceive:
    def test_makes_the_scans_belong_to_the_dossier(self, world: World) -> None:
        document = upload(world.clerk)
        dossier = world.receive(parts=with_scan(world, document.pk))
        document.refresh_from_db()

        assert document.subject_id == dossier.pk
        assert Scan.objects.get(dossier=dossier).part.name == world.papers[0].name

    def test_refuses_the_upload_of_somebody_else_and_writes_nothing(self, world: World) -> None:
        with pytest.raises(Stale, match="chọn lại tệp"):
            world.receive(parts=with_scan(world, upload(world.officer).pk))

        assert not Dossier.objects.exists()

    def test_tells_the_slower_one_of_the_quicker_and_takes_no_number(self, world: World) -> None:
        dossier_id = new_id()
        dossier = world.receive(dossier_id=dossier_id)

        with pytest.raises(AlreadyReceived, match=dossier.code):
            world.receive(dossier_id=dossier_id)
        assert Dossier.objects.count() == 1
        assert world.receive().book_number == dossier.book_number + 1


class TestAppointment:
    def test_is_what_receive_promises(self, world: World) -> None:
        limit, answer = appointment(offering=world.offering, case=None, at=MONDAY)

        assert str(limit) == "5 ngày làm việc"
        assert world.receive().due_at == answer.due_at


class TestAttachScan:
    def test_takes_the_file_into_the_dossier(self, world: World) -> None:
        dossier, document = world.receive(), upload(world.clerk, "b")
        attach_scan(part_id=dossier.parts.get(position=2).pk, document=document, by=world.clerk, at=MONDAY)
        document.refresh_from_db()

        assert document.subject_id == dossier.pk

    def test_refuses_a_file_used_elsewhere(self, world: World) -> None:
        document = upload(world.clerk, "c")
        world.receive(parts=with_scan(world, document.pk))
        dossier = world.receive()

        with pytest.raises(Stale):
            attach_scan(
                part_id=dossier.parts.get(position=1).pk, document=document, by=world.clerk, at=MONDAY
            )
