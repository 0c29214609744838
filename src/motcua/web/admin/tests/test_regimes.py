from __future__ import annotations

import re
from decimal import Decimal
from html import unescape

from django.urls import reverse

from motcua.core.time import now
from motcua.foundation.calendars.loading import regime_named
from motcua.foundation.calendars.operations.seeding import seed_law
from motcua.service.dossiers.models import AlarmRule, Dossier
from motcua.service.dossiers.tests.world import LONG_AGO, World
from motcua.service.procedures.models import Case, Channel, LimitUnit, Revision
from motcua.web.admin.tests.conftest import Entering, page_of

FIELDS = {
    "name": "Nghị định 118/2025/NĐ-CP (sửa đổi 2026)", "basis": "Đính chính", "supplement": "RESTART",
    "end_moment": "SAME_HOUR", "transfer_cutoff": "15:00", "paper_transfer_days": "1", "supplement_notice_days": "3",
    "supplement_silence_days": "15", "max_supplements": "1", "max_extensions": "1", "apology_lead_days": "1",
    "correction_days": "3", "online_alert_hours": "2", "online_answer_hours": "8", "reason": "Đính chính nghị định",
}  # fmt: skip


def regime_of(world: World) -> tuple[Dossier, str]:
    seed_law()
    dossier = world.receive(at=now())
    return dossier, reverse("admin:regime", args=[dossier.regime])


class TestRegime:
    def test_is_seen_before_it_is_done_and_moves_only_open_dossiers(
        self, world: World, enter: Entering
    ) -> None:
        dossier, address = regime_of(world)
        finished = world.receive(at=now())
        Dossier.objects.filter(pk=finished.pk).update(state="RESULT_READY", finished_at=now())
        client = enter(world.admin)
        preview = page_of(client.post(address, FIELDS))
        assert "1 ngày hẹn sẽ dời" in preview
        assert "1 hồ sơ đã có kết quả" in preview
        assert regime_named(dossier.regime).end_moment == "END_OF_DAY"
        sent = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', preview))
        sent = {name: unescape(value) for name, value in sent.items() if name != "csrfmiddlewaretoken"}
        done = page_of(client.post(address, sent, follow=True))
        assert "dời 1 ngày hẹn" in done
        assert Dossier.objects.get(pk=dossier.pk).due_at != dossier.due_at
        assert Dossier.objects.get(pk=finished.pk).due_at == finished.due_at

    def test_refuses_by_the_field(self, world: World, enter: Entering) -> None:
        _, address = regime_of(world)
        answer = enter(world.admin).post(address, FIELDS | {"reason": "", "supplement_notice_days": "ba"})
        assert answer.status_code == 422
        assert "Hãy ghi lý do sửa" in page_of(answer) or "chưa phải là một số" in page_of(answer)

    def test_is_for_who_administers_everything(self, world: World, enter: Entering) -> None:
        _, address = regime_of(world)
        assert enter(world.officer).get(address).status_code == 403

    def test_the_next_one_is_opened(self, world: World, enter: Entering) -> None:
        seed_law()
        client, address = enter(world.admin), reverse("admin:new-regime")
        fields = {
            "code": "ND-MOI",
            "name": "Nghị định mới",
            "valid_from": "01/01/2099",
            "reason": "Nghị định mới",
        }
        assert client.post(address, fields | {"name": ""}).status_code == 422
        refused = page_of(client.post(address, {}))
        for said in ("Hãy nhập mã chế độ", "Hãy ghi tên văn bản", "Hãy nhập ngày bắt đầu", "Hãy ghi lý do"):
            assert said in refused
        assert "áp dụng từ 01/01/2099" in page_of(client.post(address, fields, follow=True))


class TestAlarms:
    def test_are_changed_from_today_on(self, world: World, enter: Entering) -> None:
        client, address = enter(world.admin), reverse("admin:alarms")
        assert "Chuyển hồ sơ đến cơ quan giải quyết" in page_of(client.get(address))
        assert client.post(address, {"kind": "TRANSFER", "minutes": "0", "reason": ""}).status_code == 422
        client.post(address, {"kind": "TRANSFER", "minutes": "90", "reason": "Nhắc sớm hơn"})
        assert AlarmRule.objects.get().minutes == 90


class TestCorrectedLimits:
    def test_are_seen_and_then_moved(self, world: World, enter: Entering) -> None:
        dossier = world.receive(at=now())
        revision = Revision.objects.create(
            procedure=world.procedure,
            number=2,
            valid_from=LONG_AGO,
            published_at=now(),
            name=world.procedure.name,
        )
        Case.objects.create(revision=revision, position=1, name="Trường hợp chung")
        Channel.objects.create(
            revision=revision,
            position=1,
            kind="COUNTER",
            limit_value=Decimal(8),
            limit_unit=LimitUnit.WORKING_DAY,
        )
        client, address = enter(world.admin), reverse("admin:corrected-limits", args=[world.procedure.code])
        assert dossier.code in page_of(client.get(address))
        assert client.post(address, {"reason": ""}).status_code == 422
        assert "Đã sửa thời hạn của 1 hồ sơ" in page_of(
            client.post(address, {"reason": "Đính chính"}, follow=True)
        )
        assert Dossier.objects.get(pk=dossier.pk).limit_value == 8
