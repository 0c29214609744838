"""Liên thông at the counter: one checklist, one appointment, one page for the whole."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from motcua.core.ids import new_id
from motcua.core.time import local_date, now
from motcua.foundation.ledger.models import Line
from motcua.service.dossiers.models import Dossier, Scan
from motcua.service.holdings.models import Demand, HeldPaper, PaperUse
from motcua.service.holdings.operations.keeping import match, set_paper_type
from motcua.service.holdings.tests.conftest import kept
from motcua.service.linking import reading
from motcua.service.linking.models import Bundle
from motcua.service.linking.tests.world import BEGINNING, LONG_AGO, SELF, Linked, build_linked, offering_of
from motcua.service.paperwork.models import PrintedForm
from motcua.service.payments import books
from motcua.service.payments.models import ConfirmedGroup, Due
from motcua.service.payments.operations.setting import set_fee_rule, set_payer_group
from motcua.service.procedures.models import Case
from motcua.web.counter.tests.acting import queries_of, scan, text_of
from motcua.web.ui.wording import vn_moment


@pytest.fixture
def linked(db: None) -> Linked:
    return build_linked()


@pytest.fixture
def clerk(client: Client, linked: Linked) -> Client:
    client.force_login(linked.clerk)
    return client


def filing_url(linked: Linked, key=None) -> str:
    return f"{reverse('counter:filing', args=[linked.applicant.pk, linked.group.pk])}?ho-so={key or new_id()}"


def ticked(linked: Linked, **changes):
    keys = [paper.key for paper in linked.papers(now())]
    return {**{f"paper-{key}": "PROVIDED" for key in keys}, **{f"qty-{key}": "1" for key in keys}, **changes}


class TestGroups:
    def test_are_offered_with_their_procedures(self, clerk, linked):
        page = text_of(clerk.get(reverse("counter:groups", args=[linked.applicant.pk])))
        assert linked.group.name in page
        assert "Đăng ký khai sinh → Đăng ký thường trú → Cấp thẻ" in page

    def test_are_one_step_from_the_choice_of_a_procedure(self, clerk, linked):
        page = clerk.get(reverse("counter:offerings", args=[linked.applicant.pk])).content.decode()
        assert reverse("counter:groups", args=[linked.applicant.pk]) in page


class TestFiling:
    def test_asks_each_paper_once_and_explains_the_date(self, clerk, linked):
        answer = clerk.get(filing_url(linked))
        page = text_of(answer)
        assert answer.content.decode().count(f"<legend>{SELF}</legend>") == 1
        assert "dùng cho Đăng ký khai sinh, Đăng ký thường trú" in page
        assert "Không phải nộp" in page
        assert "Quyết định ngày hẹn" in page
        assert "chờ kết quả “Đăng ký khai sinh”" in page

    def test_asks_in_words_for_the_case_that_nobody_chose(self, clerk, linked, monkeypatch):
        part = linked.group.parts.get(key="residence")
        cases = [Case(pk=1, position=1, name="Nhà của mình"), Case(pk=2, position=2, name="Nhà thuê")]
        monkeypatch.setattr(reading, "cases_to_choose", lambda *_: [(part, cases)])
        address = filing_url(linked)
        page = text_of(clerk.get(address))
        assert "Nhà thuê" in page
        assert "Hãy chọn trường hợp" not in page
        answer = clerk.get(f"{address}&chon=1")
        assert answer.status_code == 422
        assert "Hãy chọn trường hợp của “Đăng ký thường trú”." in text_of(answer)

    def test_makes_the_bundle_in_one_act(self, clerk, linked):
        key = new_id()
        answer = clerk.post(filing_url(linked, key), ticked(linked, fee_amount="50.000"))
        assert answer["Location"] == reverse("counter:bundle", args=[key])
        bundle = Bundle.objects.get(pk=key)
        assert bundle.parts.count() == 3
        assert sum(Dossier.objects.values_list("fee_amount", flat=True)) == 50_000

    def test_keeps_what_was_typed_and_the_scan_when_a_paper_lacks(self, clerk, linked):
        first, *others = linked.papers(now())
        typed = ticked(linked, **{f"paper-{first.key}": "MISSING", f"file-{others[0].key}": scan()})
        answer = clerk.post(filing_url(linked), typed)
        assert answer.status_code == 422
        page = text_of(answer)
        assert "Chưa có “Tờ khai khai sinh”" in page
        assert "to-khai" in page
        assert not Bundle.objects.exists()

    def test_gives_one_scan_to_the_parts_that_use_it(self, clerk, linked):
        key, shared = new_id(), next(one for one in linked.papers(now()) if one.key == shared_key(linked))
        clerk.post(filing_url(linked, key), ticked(linked, **{f"file-{shared.key}": scan()}))
        assert set(Scan.objects.values_list("dossier__bundle_part", flat=True)) == {"birth", "residence"}
        assert len(set(Scan.objects.values_list("document", flat=True))) == 1

    def test_sent_twice_goes_to_the_first(self, clerk, linked):
        key = new_id()
        clerk.post(filing_url(linked, key), ticked(linked))
        again = clerk.post(filing_url(linked, key), ticked(linked))
        assert again["Location"] == reverse("counter:bundle", args=[key])
        assert Bundle.objects.count() == 1

    def test_ticks_everything_without_scripts(self, clerk, linked):
        answer = clerk.post(filing_url(linked), {"all": "1"})
        assert answer.content.decode().count("checked") == 5

    def test_a_group_that_does_not_apply_is_not_there(self, clerk, linked):
        linked.group.valid_from = now().date() + timedelta(days=3)
        linked.group.save()
        assert clerk.get(filing_url(linked)).status_code == 404


def shared_key(linked: Linked) -> str:
    from motcua.service.linking.reading import checklist_of

    asked = checklist_of(linked.group, linked.centre, now().date(), cases={}).asked
    return next(one.key for one in asked if one.name == SELF)


class TestShow:
    def test_tells_the_whole_on_one_page(self, clerk, linked):
        bundle = linked.file(at=now())
        linked.settle(linked.dossier(bundle, "birth"), now())
        page = text_of(clerk.get(reverse("counter:bundle", args=[bundle.pk])))
        assert bundle.code in page
        assert "Công an tỉnh" in page
        assert "Đã chuyển kết quả cho phần sau" in page
        assert "Đã có một phần kết quả" in page

    def test_is_hidden_from_the_agency_of_a_part(self, client, linked):
        bundle = linked.file(at=now())
        client.force_login(linked.staff[linked.police.pk, "OFFICER"])
        assert client.get(reverse("counter:bundle", args=[bundle.pk])).status_code in {403, 422}

    def test_costs_as_many_questions_however_far_it_is(self, clerk, linked):
        bundle = linked.file(at=now())
        address = reverse("counter:bundle", args=[bundle.pk])
        clerk.get(address)
        before = queries_of(clerk, address)
        linked.settle(linked.dossier(bundle, "birth"), now())
        assert queries_of(clerk, address) == before

    def test_prints_one_receipt_for_the_whole(self, clerk, linked):
        bundle = linked.file(at=now())
        answer = clerk.get(reverse("counter:bundle-receipt", args=[bundle.pk]))
        assert answer.content.startswith(b"%PDF")
        printed = PrintedForm.objects.get(subject_id=bundle.pk)
        facts = printed.facts
        assert facts["code"] == bundle.code
        assert [one["name"] for one in facts["components"]].count(SELF) == 1
        assert all(dossier.code in facts["matter"] for dossier in Dossier.objects.all())
        assert "Giấy khai sinh" not in [one["name"] for one in facts["components"]]
        clerk.get(reverse("counter:bundle-receipt", args=[bundle.pk]))
        assert PrintedForm.objects.count() == 1

    def test_the_list_has_it_until_it_is_returned(self, clerk, linked):
        bundle = linked.file(at=now())
        assert bundle.code in text_of(clerk.get(reverse("counter:bundles")))
        for key in ("birth", "residence", "card"):
            linked.settle(linked.dossier(bundle, key), now())
        answer = clerk.post(
            reverse("counter:bundle-return", args=[bundle.pk]), {"receiver_name": "Lê Văn Bố"}
        )
        assert answer.status_code == 302
        clerk.get(reverse("counter:bundles"))  # what was done is said once
        assert bundle.code not in text_of(clerk.get(reverse("counter:bundles")))
        assert Line.objects.get(name="BundleReturned").payload["receiver"] == "Lê Văn Bố"

    def test_is_not_returned_while_a_part_is_under_way(self, clerk, linked):
        bundle = linked.file(at=now())
        answer = clerk.post(reverse("counter:bundle-return", args=[bundle.pk]), {})
        assert answer.status_code == 422
        assert "Còn phần chưa có kết quả" in text_of(answer)


class TestDesk:
    def test_knows_its_place_and_what_comes_in(self, client, linked):
        bundle = linked.file(at=now())
        home = linked.dossier(bundle, "residence")
        client.force_login(linked.staff[linked.police.pk, "OFFICER"])
        page = text_of(client.get(reverse("desk:dossier", args=[home.pk])))
        assert "Phần 2/3 của nhóm liên thông" in page
        assert "Chờ Giấy khai sinh từ Ủy ban nhân dân xã Mẫu" in page
        birth = linked.dossier(bundle, "birth")
        assert client.get(reverse("desk:dossier", args=[birth.pk])).status_code == 422

    def test_opens_the_papers_of_its_own_part_and_no_other(self, client, linked):
        client.force_login(linked.clerk)
        own, other = shared_key(linked), linked.papers(now())[0].key
        key = new_id()
        files = {f"file-{own}": scan("cccd.pdf"), f"file-{other}": scan("khai-sinh.pdf", b"%PDF-1.4 other")}
        client.post(filing_url(linked, key), ticked(linked, **files))
        shared = Scan.objects.get(dossier__bundle_part="residence").document_id
        hidden = Scan.objects.get(dossier__bundle_part="birth", part__name="Tờ khai khai sinh").document_id
        client.force_login(linked.staff[linked.police.pk, "OFFICER"])
        assert client.get(reverse("desk:file", args=[shared])).status_code == 200
        assert client.get(reverse("desk:file", args=[hidden])).status_code == 404


class TestTracking:
    def test_by_the_code_of_the_bundle(self, client, linked):
        bundle = linked.file(at=now())
        page = text_of(client.post(reverse("portal:tracking"), {"ma": bundle.code, "so": "1234"}))
        assert linked.group.name in page
        assert "Nguyễn T. Á." in page
        assert "Nguyễn Thị Ánh" not in page
        assert "Chờ kết quả liên thông" in page

    def test_of_a_part_tells_when_the_whole_is_returned(self, client, linked):
        bundle = linked.file(at=now())
        part = bundle.parts.order_by("position").first()
        answer = client.post(reverse("portal:tracking"), {"ma": part.dossier.code, "so": "1234"})
        page = text_of(answer)
        assert bundle.code in page
        assert f"kết quả trả cùng lúc với cả bộ, hẹn {vn_moment(bundle.due_at)}" in page
        assert "Bạn nhận kết quả" in page
        assert f"Hẹn trước {vn_moment(bundle.due_at)}" in page

    def test_refuses_a_wrong_fact_as_it_refuses_a_wrong_code(self, client, linked):
        bundle = linked.file(at=now())
        wrong = client.post(reverse("portal:tracking"), {"ma": bundle.code, "so": "0000"})
        assert wrong.status_code == 422
        assert linked.group.name not in text_of(wrong)


class TestFee:
    """What the rules of each part ask is asked on one page, and owed to the agency of each."""

    @pytest.fixture
    def fee(self, linked: Linked) -> None:
        set_payer_group(
            code="HO_NGHEO", name="Hộ nghèo", proof="Giấy xác nhận hộ nghèo", valid_from=LONG_AGO, by=None, at=BEGINNING,
        )  # fmt: skip
        for key, name, amount, exempt in (
            ("birth", "Lệ phí bản sao", 8_000, True),
            ("card", "Lệ phí thẻ", 30_000, False),
        ):
            set_fee_rule(
                offering=offering_of(linked.procedures[key]), kind="CHARGE", name=name, amount=amount,
                basis="Nghị quyết thử", per="bản" if exempt else "", exemptions=[("HO_NGHEO", 100)] if exempt else [],
                valid_from=LONG_AGO, at=BEGINNING,
            )  # fmt: skip

    def send(self, clerk: Client, linked: Linked, **typed: str):
        return clerk.post(filing_url(linked), ticked(linked, **{"quantity-0": "1", "group": "", **typed}))

    def test_is_asked_by_number_and_group(self, clerk, linked, fee):
        page = text_of(clerk.get(filing_url(linked)))
        assert "Số bản (Đăng ký khai sinh)" in page
        assert "Hộ nghèo: nộp 30.000 đồng, kèm giấy xác nhận hộ nghèo" in page
        address = reverse("counter:filing-fee", args=[linked.applicant.pk, linked.group.pk])
        part = clerk.get(address, {"quantity-0": "3"}).content.decode()
        assert 'value="54.000"' in part
        assert "3 bản × 8.000 đồng" in part

    def test_is_owed_to_each_agency_for_itself(self, clerk, linked, fee):
        assert "Hãy ghi số bản" in text_of(self.send(clerk, linked, **{"quantity-0": ""}))
        assert "Theo mức thu là 54.000 đồng" in text_of(
            self.send(clerk, linked, fee_amount="30.000", **{"quantity-0": "3"})
        )
        assert not Bundle.objects.exists()
        assert self.send(clerk, linked, fee_amount="54.000", **{"quantity-0": "3"}).status_code == 302
        owed = Due.objects.order_by("amount").values_list("agency__name", "amount", "quantity", "state")
        assert list(owed) == [
            ("Ủy ban nhân dân xã Mẫu", 24_000, 3, "PAID"), (linked.insurance.name, 30_000, 1, "PAID"),
        ]  # fmt: skip
        assert sorted(Dossier.objects.values_list("fee_amount", flat=True)) == [0, 24_000, 30_000]
        assert books.faults() == []

    def test_is_less_where_the_paper_counts_and_may_be_paid_later(self, clerk, linked, fee):
        typed = {"group": "HO_NGHEO", "fee_amount": ""}
        assert "Hãy ghi giấy xác nhận hộ nghèo đã xem" in text_of(self.send(clerk, linked, **typed))
        assert self.send(clerk, linked, proof="Giấy số 12/2026", **typed).status_code == 302
        assert list(Due.objects.values_list("amount", "state")) == [(30_000, "OPEN")]
        birth = Dossier.objects.get(bundle_part="birth")
        assert ConfirmedGroup.objects.get().subject_id == birth.pk
        assert birth.parts.get(paper=None).name == "Giấy xác nhận hộ nghèo"
        assert not Dossier.objects.exclude(pk=birth.pk).filter(parts__paper=None).exists()


def asked_once(linked: Linked) -> reading.Asked:
    """The paper that two parts ask for."""
    day = local_date(now())
    asked = reading.checklist_of(linked.group, linked.centre, day, cases={}).asked
    return next(one for one in asked if one.name == SELF)


class TestTheStore:
    @pytest.fixture
    def held(self, linked: Linked) -> HeldPaper:
        kind = set_paper_type(
            code="TK", name="Tờ khai chung", validity="FOREVER", valid_from=LONG_AGO, by_id=None, at=BEGINNING
        )
        match(kind, SELF)
        return kept(linked.applicant, kind)

    def test_answers_a_paper_in_every_part_that_asks_for_it(self, clerk, linked, held):
        address = filing_url(linked)
        shared = asked_once(linked)
        page = clerk.get(address).content.decode()
        assert f'name="paper-{shared.key}" value="HELD" checked' in page
        assert page.count('value="HELD"') == 1
        assert PaperUse.objects.get().kind == "LISTED"

        used = ticked(linked, **{f"paper-{shared.key}": "HELD"})
        refused = clerk.post(address, used)
        assert "Hãy hỏi người nộp có đồng ý" in text_of(refused)
        assert clerk.post(address, {**used, "consent": "ORAL"}).status_code == 302
        parts = {part.procedure.code for part in linked.group.parts.all() if part.key in shared.papers}
        uses = PaperUse.objects.filter(kind="USED")
        assert {use.subject_id for use in uses} == {
            dossier.pk for dossier in Dossier.objects.filter(procedure__code__in=parts)
        }

    def test_is_not_passed_over_without_a_reason(self, clerk, linked, held):
        shared = asked_once(linked)
        refused = clerk.post(filing_url(linked), ticked(linked))
        assert refused.status_code == 422
        assert f'id="f-paper-{shared.key}-error"' in refused.content.decode()
        assert "đã có trong kho" in text_of(refused)
        given = {f"why-{shared.key}": Demand.Reason.BROUGHT}
        assert clerk.post(filing_url(linked), ticked(linked, **given)).status_code == 302
        assert Demand.objects.count() == len(shared.papers)
