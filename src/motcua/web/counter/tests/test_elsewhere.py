"""Phi địa giới and mandates at the counter."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from motcua.core.ids import new_id
from motcua.core.text import fold
from motcua.core.time import local_date, now
from motcua.foundation.identity.models import Mandate
from motcua.foundation.org.operations.agencies import create_agency
from motcua.service.dossiers.models import Dossier, PaperTransfer
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.dossiers.tests.test_elsewhere import clerk_at
from motcua.service.dossiers.tests.world import BEGINNING, LONG_AGO
from motcua.service.paperwork.tests.test_rendering import words_of
from motcua.service.procedures.models import Procedure
from motcua.service.procedures.operations.listing import list_boundary_free
from motcua.web.counter.tests.acting import text_of, ticked


@pytest.fixture
def far(world, client: Client) -> Client:
    """A clerk of a commune's centre, where the procedure is not offered but listed."""
    Procedure.objects.update(words=f" {fold(world.procedure.code)} {world.procedure.name_folded}")
    elsewhere = create_agency(
        code="H31.101.01", name="Trung tâm xã Xa", kind="CENTRE", parent=world.province, valid_from=LONG_AGO, by=None,
        at=BEGINNING,
    )  # fmt: skip
    list_boundary_free(
        procedure=world.procedure,
        scope="PROVINCE",
        decision="12/QĐ-UBND",
        by=None,
        at=BEGINNING,
        valid_from=LONG_AGO,
    )
    far_clerk = clerk_at(elsewhere, "motcuaxa")
    client.force_login(far_clerk)
    client.clerk = far_clerk  # type: ignore[attr-defined]
    return client


def address(world, key=None) -> str:
    base = reverse("counter:reception", args=[world.applicant.pk, world.offering.pk])
    return f"{base}?phi-dia-gioi=1&ho-so={key or new_id()}"


class TestElsewhere:
    def test_finds_what_is_listed_by_procedure_and_agency(self, far, world):
        found = far.get(
            reverse("counter:elsewhere", args=[world.applicant.pk]), {"q": "trich luc", "co-quan": "tu phap"}
        )
        assert "Sở Tư pháp giải quyết" in text_of(found)
        none = far.get(reverse("counter:elsewhere", args=[world.applicant.pk]), {"co-quan": "xay dung"})
        assert "Không thấy thủ tục nào" in text_of(none)

    def test_says_what_the_date_means(self, far, world):
        page = text_of(far.get(address(world)))
        assert "Phi địa giới: nhận tại Trung tâm xã Xa" in page
        assert "ngày này là dự kiến" in page

    def test_takes_it_in_for_the_other_agency(self, far, world):
        key = new_id()
        answer = far.post(address(world, key), ticked(world))
        assert answer.status_code == 302
        dossier = Dossier.objects.get(pk=key)
        assert dossier.is_boundary_free
        assert dossier.reception_agency.name == "Trung tâm xã Xa"

    def test_without_the_mark_the_procedure_is_not_received_here(self, far, world):
        plain = reverse("counter:reception", args=[world.applicant.pk, world.offering.pk])
        assert far.get(plain).status_code == 404

    def test_papers_are_sent_with_a_slip_and_received_at_the_desk(self, far, world, client):
        key = new_id()
        far.post(address(world, key), ticked(world))
        transfer(dossier_id=key, by=far.clerk, at=now())
        page = text_of(far.get(reverse("counter:paper-files")))
        assert "1 hồ sơ giấy chờ giao" in page
        far.post(reverse("counter:paper-files"), {"id": [str(key)], "carrier": "Bưu điện"})
        slip = far.get(reverse("counter:paper-slip", args=[key])).content
        assert "Số: 01/PGHS" in words_of(slip)
        assert "Chuyển bằng: Bưu điện" in words_of(slip)
        client.force_login(world.records)
        assert "Phiếu số 1" in text_of(client.get(reverse("desk:paper-files")))
        client.post(reverse("desk:paper-files"), {"id": [str(key)], "note": "Đủ"})
        assert PaperTransfer.objects.get().received_by == world.records
        paper = reverse("desk:paper", args=[key, "phieu-giao-ho-so-giay"])
        again = words_of(client.get(paper).content)
        assert "Số: 01/PGHS" in again
        assert "Ghi nhận khi nhận: Đủ" in again
        assert client.get(f"{paper}?docx=1")["Content-Disposition"].endswith('.docx"')
        assert "Phi địa giới" in text_of(client.get(reverse("desk:dossier", args=[key])))

    def test_nothing_ticked_is_said(self, far, world):
        assert far.post(reverse("counter:paper-files"), {}).status_code == 422


class TestMandates:
    def give(self, clerk, world, **changes):
        today = local_date(now())
        typed = {
            "agent_name": "Trần Văn Giúp", "agent_personal_number": "033085004321", "paper": "Số 12/2026",
            "valid_from": f"{today:%d/%m/%Y}", "valid_to": f"{today + timedelta(days=30):%d/%m/%Y}", **changes,
        }  # fmt: skip
        return clerk.post(reverse("counter:mandates", args=[world.applicant.pk]), typed)

    def test_are_written_down_and_listed(self, clerk, world):
        assert self.give(clerk, world, procedures=world.procedure.code).status_code == 302
        page = text_of(clerk.get(reverse("counter:mandates", args=[world.applicant.pk])))
        assert "Trần Văn Giúp làm thay Nguyễn Thị Ánh" in page
        assert "Còn hiệu lực" in page
        assert "Trần Văn Giúp không để lại điện thoại hay thư điện tử: hãy báo trực tiếp" in page

    def test_keep_what_was_typed_when_something_is_wrong(self, clerk, world):
        answer = self.give(clerk, world, procedures="9.999999", paper="")
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "Không có thủ tục mã 9.999999" in page
        assert "Trần Văn Giúp" in page
        assert not Mandate.objects.exists()

    def test_are_used_at_reception(self, clerk, world):
        self.give(clerk, world)
        mandate, key = Mandate.objects.get(), new_id()
        base = reverse("counter:reception", args=[world.applicant.pk, world.offering.pk])
        where = f"{base}?ho-so={key}&uy-quyen={mandate.pk}"
        assert "Nộp thay: Trần Văn Giúp" in text_of(clerk.get(where))
        for route in ("offerings", "elsewhere", "groups"):  # at each step on the way there
            step = reverse(f"counter:{route}", args=[world.applicant.pk])
            page = text_of(clerk.get(f"{step}?uy-quyen={mandate.pk}"))
            assert "Trần Văn Giúp" in page
            assert "Số 12/2026" in page
        clerk.post(where, ticked(world))
        assert Dossier.objects.get(pk=key).representative == mandate.agent

    def test_out_of_scope_are_refused_with_what_to_do(self, clerk, world):
        Procedure.objects.create(code="1.000001", name="Khác", name_folded="khac", words="")
        self.give(clerk, world, procedures="1.000001")
        base = reverse("counter:reception", args=[world.applicant.pk, world.offering.pk])
        answer = clerk.post(f"{base}?ho-so={new_id()}&uy-quyen={Mandate.objects.get().pk}", ticked(world))
        assert answer.status_code == 422
        assert "không gồm thủ tục" in text_of(answer)

    def test_are_revoked_with_a_reason(self, clerk, world):
        self.give(clerk, world)
        mandate = Mandate.objects.get()
        where = reverse("counter:revoke-mandate", args=[mandate.pk])
        assert clerk.post(where, {"reason": ""}).status_code == 422
        clerk.post(where, {"reason": "Đã tự làm"})
        assert "Đã thu hồi" in text_of(clerk.get(reverse("counter:mandates", args=[world.applicant.pk])))
