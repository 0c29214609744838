"""Phi địa giới: received at X for Y; the limit starts when Y has it; the paper follows by a slip."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from motcua.core.errors import Forbidden
from motcua.core.time import VIETNAM
from motcua.foundation.calendars.loading import work_calendar
from motcua.foundation.identity.models import User
from motcua.foundation.identity.operations.staffing import appoint, create_staff
from motcua.foundation.ledger.models import Line
from motcua.foundation.org.models import Agency, Role
from motcua.foundation.org.operations.agencies import create_agency
from motcua.foundation.org.operations.posts import open_post
from motcua.service.dossiers.history import marks_of, rebuilt, recomputed
from motcua.service.dossiers.models import Deadline, PaperTransfer, Part
from motcua.service.dossiers.operations.receiving import PartIn
from motcua.service.dossiers.operations.receiving_elsewhere import (
    NotBoundaryFree,
    PaperTransferRefused,
    receive_paper,
    send_paper,
)
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.dossiers.tests.world import BEGINNING, LONG_AGO, MONDAY
from motcua.service.procedures.operations.listing import list_boundary_free

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def elsewhere(world) -> Agency:
    """A commune's centre in the same province, where the procedure of a department is not offered."""
    return create_agency(
        code="H31.101.01", name="Trung tâm Phục vụ hành chính công xã Xa", kind="CENTRE", parent=world.province,
        valid_from=LONG_AGO, by=None, at=BEGINNING,
    )  # fmt: skip


@pytest.fixture
def clerk(world, elsewhere) -> User:
    return clerk_at(elsewhere, "motcuaxa")


def clerk_at(agency: Agency, username: str) -> User:
    user = create_staff(
        username=username, full_name="Lý Thị Xa", password="Mot-cua-2026!", by=None, at=BEGINNING
    )
    role = Role.objects.get(code="CLERK")
    post = open_post(
        agency=agency, title=f"Một cửa {username}", role=role, valid_from=LONG_AGO, by=None, at=BEGINNING
    )
    appoint(user, post=post, valid_from=LONG_AGO, by=None, at=BEGINNING)
    return user


@pytest.fixture
def listed(world):
    return list_boundary_free(
        procedure=world.procedure,
        scope="PROVINCE",
        decision="12/QĐ-UBND",
        by=None,
        at=BEGINNING,
        valid_from=LONG_AGO,
    )


class TestReceive:
    def test_takes_in_for_another_and_keeps_a_provisional_promise(self, world, elsewhere, clerk, listed):
        dossier = world.receive(by=clerk, reception=elsewhere)
        assert dossier.is_boundary_free
        assert dossier.reception_agency == elsewhere
        assert dossier.agency == world.department
        assert dossier.code.startswith("H31.2-")
        assert dossier.due_at == datetime(2026, 3, 9, 17, 0, tzinfo=VIETNAM)
        assert dossier.agency_received_at is None

    @pytest.mark.parametrize("hour", [8, 11, 14, 15, 16, 20])
    def test_a_provisional_promise_is_rebuilt_as_it_was_made(self, world, elsewhere, clerk, listed, hour):
        dossier = world.receive(at=MONDAY.replace(hour=hour, minute=1), by=clerk, reception=elsewhere)
        assert dossier.due_at == rebuilt(dossier) is not None
        transfer(dossier_id=dossier.pk, by=clerk, at=TUESDAY)
        dossier.refresh_from_db()
        assert dossier.due_at == rebuilt(dossier)

    def test_refuses_what_is_not_listed_and_says_where_to_go(self, world, elsewhere, clerk):
        with pytest.raises(NotBoundaryFree, match="Trung tâm Phục vụ hành chính công tỉnh"):
            world.receive(by=clerk, reception=elsewhere)

    def test_refuses_before_the_list_begins(self, world, elsewhere, clerk):
        list_boundary_free(
            procedure=world.procedure, scope="PROVINCE", decision="12/QĐ", by=None, at=BEGINNING,
            valid_from=TUESDAY.date(),
        )  # fmt: skip
        with pytest.raises(NotBoundaryFree):
            world.receive(by=clerk, reception=elsewhere)
        assert world.receive(at=TUESDAY, by=clerk, reception=elsewhere)

    def test_crosses_a_province_only_by_the_national_list(self, world, listed):
        abroad = create_agency(
            code="H40", name="Trung tâm tỉnh khác", kind="CENTRE", parent=None, valid_from=LONG_AGO, by=None,
            at=BEGINNING,
        )  # fmt: skip
        clerk = clerk_at(abroad, "motcuatinhkhac")
        with pytest.raises(NotBoundaryFree, match="trong tỉnh"):
            world.receive(by=clerk, reception=abroad)
        list_boundary_free(
            procedure=world.procedure, scope="NATION", decision="99/QĐ-TTg", by=None, at=MONDAY,
            valid_from=MONDAY.date(),
        )  # fmt: skip
        assert world.receive(by=clerk, reception=abroad).is_boundary_free

    def test_needs_the_permission_where_it_is_handed_in(self, world, elsewhere, listed):
        with pytest.raises(Forbidden):
            world.receive(by=world.clerk, reception=elsewhere)

    def test_at_its_usual_place_it_is_an_ordinary_dossier(self, world, listed):
        dossier = world.receive(reception=world.centre)
        assert not dossier.is_boundary_free
        assert not PaperTransfer.objects.exists()


class TestClock:
    def test_starts_when_the_agency_receives(self, world, elsewhere, clerk, listed):
        dossier = world.receive(by=clerk, reception=elsewhere)
        moved = transfer(dossier_id=dossier.pk, by=clerk, at=TUESDAY)
        assert moved.agency_received_at == TUESDAY
        assert moved.due_at == datetime(2026, 3, 10, 17, 0, tzinfo=VIETNAM)
        assert moved.first_due_at == datetime(2026, 3, 9, 17, 0, tzinfo=VIETNAM)
        moved.refresh_from_db()
        assert (
            recomputed(moved, work_calendar(moved.agency_id, MONDAY.date()), marks_of(moved)) == moved.due_at
        )
        line = Line.objects.get(subject_id=dossier.pk, name="AgencyReceived")
        assert datetime.fromisoformat(line.payload["after"]) == moved.due_at

    def test_sent_the_same_day_the_promise_stands(self, world, elsewhere, clerk, listed):
        dossier = world.receive(by=clerk, reception=elsewhere)
        moved = transfer(dossier_id=dossier.pk, by=clerk, at=MONDAY + timedelta(hours=1))
        assert moved.due_at == moved.first_due_at


class TestPaper:
    def test_must_leave_within_one_working_day(self, world, elsewhere, clerk, listed):
        friday = datetime(2026, 3, 6, 10, 0, tzinfo=VIETNAM)
        dossier = world.receive(at=friday, by=clerk, reception=elsewhere)
        papers = dossier.paper_transfer
        assert papers.due_at == datetime(2026, 3, 9, 17, 0, tzinfo=VIETNAM)
        assert papers.papers == 3
        deadline = Deadline.objects.get(dossier=dossier)
        assert deadline.kind == "PAPER_TRANSFER"
        assert deadline.alarm_at == datetime(2026, 3, 9, 15, 0, tzinfo=VIETNAM)

    def test_does_not_exist_when_everything_is_electronic(self, world, elsewhere, clerk, listed):
        parts = [
            PartIn(name=paper.name, paper_id=paper.pk, form=Part.Form.ELECTRONIC) for paper in world.papers
        ]
        world.receive(by=clerk, reception=elsewhere, parts=parts)
        assert not PaperTransfer.objects.exists()
        assert not Deadline.objects.exists()

    def test_is_sent_and_received_by_both_sides(self, world, elsewhere, clerk, listed):
        dossier = world.receive(by=clerk, reception=elsewhere)
        sent = send_paper(dossier_id=dossier.pk, by=clerk, at=TUESDAY, carrier="Bưu điện xã")
        assert sent.number == 1
        assert Deadline.objects.get(dossier=dossier).met_at == TUESDAY
        done = receive_paper(
            dossier_id=dossier.pk, by=world.records, at=TUESDAY + timedelta(hours=2), note="Đủ"
        )
        assert done.received_by == world.records
        names = list(
            Line.objects.filter(subject_id=dossier.pk).order_by("number").values_list("name", flat=True)
        )
        assert names[-2:] == ["PaperFileSent", "PaperFileReceived"]

    def test_is_sent_once_and_received_after_it_was_sent(self, world, elsewhere, clerk, listed):
        dossier = world.receive(by=clerk, reception=elsewhere)
        with pytest.raises(PaperTransferRefused, match="chưa giao"):
            receive_paper(dossier_id=dossier.pk, by=world.records, at=TUESDAY)
        send_paper(dossier_id=dossier.pk, by=clerk, at=TUESDAY)
        with pytest.raises(PaperTransferRefused, match="đã giao"):
            send_paper(dossier_id=dossier.pk, by=clerk, at=TUESDAY)
        receive_paper(dossier_id=dossier.pk, by=world.records, at=TUESDAY)
        with pytest.raises(PaperTransferRefused, match="đã nhận"):
            receive_paper(dossier_id=dossier.pk, by=world.records, at=TUESDAY)

    def test_each_side_acts_for_itself(self, world, elsewhere, clerk, listed):
        dossier = world.receive(by=clerk, reception=elsewhere)
        with pytest.raises(Forbidden):
            send_paper(dossier_id=dossier.pk, by=world.records, at=TUESDAY)
        send_paper(dossier_id=dossier.pk, by=clerk, at=TUESDAY)
        with pytest.raises(Forbidden):
            receive_paper(dossier_id=dossier.pk, by=world.stranger, at=TUESDAY)

    def test_is_seen_at_both_ends_only(self, world, elsewhere, clerk, listed):
        world.receive(by=clerk, reception=elsewhere)
        seen = PaperTransfer.objects.visible_to
        assert seen(clerk, MONDAY).exists()
        assert seen(world.records, MONDAY).exists()
        assert not seen(world.stranger, MONDAY).exists()
        assert PaperTransfer.objects.overdue(at=TUESDAY + timedelta(days=1)).exists()
        assert not PaperTransfer.objects.overdue(at=MONDAY).exists()
