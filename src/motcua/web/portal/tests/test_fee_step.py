"""What the fee asks before its sum is told: how many, by the form or by the step; and who pays less, seen by who helps."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from django.test import Client

from motcua.core.time import now
from motcua.foundation.identity.operations.staffing import appoint
from motcua.foundation.identity.tests import factories
from motcua.foundation.org.models import Post
from motcua.service.dossiers.tests.world import BEGINNING, World
from motcua.service.filing.costs import fee_of
from motcua.service.filing.models import Draft, Filing
from motcua.service.filing.operations.answering import accept
from motcua.service.forms.operations.answering import begin, save_page
from motcua.service.forms.tests.sample import published
from motcua.service.payments.models import ConfirmedGroup, Due
from motcua.service.payments.operations.setting import set_fee_rule, set_payer_group
from motcua.service.payments.pricing import published_for
from motcua.web.portal.tests.test_filing import CODE, PERSON, at, walk

pytestmark = pytest.mark.django_db
STAFF = "motcua.foundation.identity.backends.StaffBackend"


def counted(world: World, **more: object) -> None:
    set_fee_rule(
        offering=world.offering, kind="CHARGE", name="Lệ phí bản sao", amount=8_000, per="bản", basis="Nghị quyết thử",
        valid_from=date(2026, 1, 1), at=BEGINNING, **more,
    )  # fmt: skip


class TestHowMany:
    def test_is_asked_and_the_price_follows(self, client: Client, online_world: World) -> None:
        counted(online_world)
        page = client.get(f"/nop-ho-so/{CODE}/").content.decode()
        assert "bạn ghi số lượng trước khi nộp" in page
        draft = walk(client, online_world)
        page = client.get(at(draft, "kiem-tra")).content.decode()
        assert "Hãy ghi số bản, để tính phí" in page
        assert client.post(at(draft, "mien-giam"), {"quantity-0": "0"}).status_code == 422
        assert client.post(at(draft, "mien-giam"), {"quantity-0": "3"}).status_code == 302
        assert "24.000 đồng" in client.get(at(draft, "kiem-tra")).content.decode()
        client.post(at(draft, "kiem-tra"), {"truth": "1"})
        due = Due.objects.get()
        assert (due.amount, due.quantity, due.reason) == (24_000, 3, "3 bản × 8.000 đồng")
        assert Filing.objects.get().quantities == {"bản": 3}

    def test_is_taken_from_the_form_when_the_rule_names_its_question(
        self, client: Client, online_world: World
    ) -> None:
        second = factories.a_user(full_name="Lê Thị Xem Lại")
        post = Post.objects.filter(memberships__user=online_world.admin).first()
        appoint(second, post=post, valid_from=factories.START, by=None, at=factories.AT)
        version = published(online_world, second)
        counted(online_world, answer="children")
        draft = walk(client, online_world)
        assert fee_of(draft, now().date()).units == ()
        assert client.get(at(draft, "mien-giam")).status_code == 302  # nothing is asked there
        begin(subject_id=draft.dossier_key, version=version, by=None, at=now(), known={})
        page = client.get(at(draft, "kiem-tra")).content.decode()
        assert "Tờ khai chưa ghi số bản" in page
        tariff = fee_of(draft, now().date()).tariff
        assert tariff.counted_in({"children": 100_001}) == {}  # beyond all counting: not said
        rows = [{"child": "Lò Văn An", "sex": "NAM"}, {"child": "Lò Thị Bình", "sex": "NU"}]
        given = {"has_children": True, "children": rows}
        save_page(subject_id=draft.dossier_key, page="family", given=given, count=2, by=None, at=now())
        assert fee_of(Draft.objects.get(), now().date()).costs.total == 16_000


class TestBesideTheOfficer:
    def test_the_proof_is_judged_at_once(self, client: Client, online_world: World) -> None:
        set_payer_group(
            code="HO_NGHEO", name="Hộ nghèo", proof="Giấy xác nhận hộ nghèo", valid_from=date(2026, 1, 1),
            by=None, at=BEGINNING,
        )  # fmt: skip
        counted(online_world, exemptions=[("HO_NGHEO", 50)])
        client.force_login(online_world.clerk, backend=STAFF)
        client.post("/quay/ho-tro-nop/", {"key": str(uuid4()), "offering": online_world.offering.pk})
        draft = Draft.objects.get()
        client.post(at(draft, "nguoi-nop"), PERSON)
        page = client.get(at(draft, "mien-giam")).content.decode()
        assert "Tôi đã xem bản gốc" in page
        given = {"quantity-0": "2", "group": "HO_NGHEO"}
        assert "đánh dấu đã xem bản gốc" in client.post(at(draft, "mien-giam"), given).content.decode()
        assert client.post(at(draft, "mien-giam"), {**given, "seen": "1"}).status_code == 302
        client.post(at(draft, "nguoi-nop"), {**PERSON, "name": "Lò Văn Khác"})
        draft.refresh_from_db()
        assert draft.group_seen_by is None  # it was somebody else's
        client.post(at(draft, "nguoi-nop"), PERSON)
        client.post(at(draft, "mien-giam"), {**given, "seen": "1"})
        client.post(at(draft, "nguoi-nop"), PERSON)  # saved as it stands
        ways = {f"on-paper-{paper.pk}": "1" for paper in online_world.papers}
        client.post(at(draft, "giay-to"), ways)
        client.post(at(draft, "nhan-ket-qua"), {"return_channel": "COUNTER"})
        client.post(at(draft, "kiem-tra"), {"truth": "1", "signed": "1"})
        filing = Filing.objects.get()
        confirmed = ConfirmedGroup.objects.get()
        assert (confirmed.subject_id, confirmed.confirmed_by) == (filing.dossier_key, online_world.clerk)
        assert Due.objects.get().amount == 8_000
        page = client.get(f"/quay/truc-tuyen/{filing.pk}/").content.decode()
        assert f"{online_world.clerk.full_name} đã xác nhận" in page
        came = [part.pk for part in filing.parts.filter(is_on_paper=True)]
        accept(filing_id=filing.pk, by=online_world.clerk, at=now(), came_on_paper=came)
        assert ConfirmedGroup.objects.get().proof == "Giấy xác nhận hộ nghèo, đã xem bản gốc"


class TestThePublicPage:
    def test_says_what_the_rules_in_force_ask(self, client: Client, online_world: World) -> None:
        set_payer_group(
            code="HO_NGHEO",
            name="Hộ nghèo",
            proof="Giấy xác nhận",
            valid_from=date(2026, 1, 1),
            by=None,
            at=BEGINNING,
        )
        before = client.get(f"/thu-tuc/{CODE}/").content.decode()
        assert "Theo Nghị quyết thử" not in before
        counted(online_world, online_percent_off=50, exemptions=[("HO_NGHEO", 100)])
        page = client.get(f"/thu-tuc/{CODE}/").content.decode()
        for words in (
            "8.000 đồng mỗi bản",
            "4.000 đồng mỗi bản",
            "Hộ nghèo được miễn",
            "Theo Nghị quyết thử",
        ):
            assert words in page
        cost = page.partition('id="cost-title"')[2].partition("</section>")[0]
        assert "Miễn phí" not in cost
        listed = published_for([online_world.procedure.pk], now().date())[online_world.procedure.pk]
        assert listed.in_words == "tùy nơi nộp: 8.000 đồng mỗi bản"
