"""Two at the same second: filings that number the same series, two outputs that free one part."""

from __future__ import annotations

from datetime import timedelta

import pytest

from motcua.core.errors import DomainError
from motcua.core.ids import new_id
from motcua.foundation.ledger.verifying import verify
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.states import State
from motcua.service.dossiers.tests.test_races import again, at_once
from motcua.service.linking.models import Bundle, PartOutput
from motcua.service.linking.operations.defining import LinkDraft, PartDraft, draft_group, publish_group
from motcua.service.linking.operations.filing import AlreadyFiled
from motcua.service.linking.operations.handing_over import NotComplete, return_bundle
from motcua.service.linking.tests.world import MONDAY, Linked, build_linked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def linked(transactional_db: None) -> Linked:
    return build_linked()


class TestAtTheSameSecond:
    def test_one_form_sent_by_many_is_taken_once(self, linked: Linked) -> None:
        key = new_id()
        given = at_once(*[lambda: linked.file(bundle_id=key, by=again(linked.clerk)) for _ in range(4)])
        assert Bundle.objects.count() == 1
        assert Dossier.objects.count() == 3
        assert sum(isinstance(one, AlreadyFiled) for one in given) == 3

    def test_many_filings_of_groups_in_opposite_order_never_block_each_other(self, linked: Linked) -> None:
        turned = draft_group(
            code="LT-NGUOC", name="Nhóm ngược", basis="Thử", mode="PARALLEL",
            parts=[
                PartDraft("card", linked.procedures["card"], "NAMED", linked.insurance),
                PartDraft("residence", linked.procedures["residence"], "NAMED", linked.police),
                PartDraft("birth", linked.procedures["birth"]),
            ],
            links=[], valid_from=MONDAY.date(), by=linked.controller, at=MONDAY,
        )  # fmt: skip
        publish_group(group_id=turned.pk, by=linked.admin, at=MONDAY)
        usual = linked.group

        def file(group):
            from motcua.service.linking.operations.filing import PaperIn, file_bundle
            from motcua.service.linking.reading import checklist_of

            asked = checklist_of(group, linked.centre, MONDAY.date(), cases={}).asked
            return file_bundle(
                group=group, reception=linked.centre, applicant=linked.applicant,
                papers=[PaperIn(one.key) for one in asked], by=again(linked.clerk), at=MONDAY,
            )  # fmt: skip

        given = at_once(*[lambda group=group: file(group) for group in (usual, turned) * 3])
        assert not [one for one in given if isinstance(one, DomainError)]
        codes = sorted(Dossier.objects.filter(agency=linked.police).values_list("code", flat=True))
        assert [code[-4:] for code in codes] == ["0001", "0002", "0003", "0004", "0005", "0006"]
        assert verify().is_intact

    def test_two_outputs_free_one_part_once(self, linked: Linked) -> None:
        group = draft_group(
            code="LT-CHUM", name="Nhóm chụm", basis="Thử", mode="PARALLEL",
            parts=[
                PartDraft("birth", linked.procedures["birth"]),
                PartDraft("residence", linked.procedures["residence"], "NAMED", linked.police),
                PartDraft("card", linked.procedures["card"], "NAMED", linked.insurance),
            ],
            links=[
                LinkDraft("birth", "card", "Giấy khai sinh", "Giấy khai sinh"),
                LinkDraft("residence", "card", "Thông báo cư trú"),
            ],
            valid_from=MONDAY.date(), by=linked.controller, at=MONDAY,
        )  # fmt: skip
        publish_group(group_id=group.pk, by=linked.admin, at=MONDAY)
        linked.group = group
        bundle = linked.file()
        birth, home = linked.dossier(bundle, "birth"), linked.dossier(bundle, "residence")
        given = at_once(lambda: linked.settle(birth, TUESDAY), lambda: linked.settle(home, TUESDAY))
        assert not [one for one in given if isinstance(one, DomainError)]
        assert PartOutput.objects.count() == 2
        assert linked.dossier(bundle, "card").state == State.TRANSFERRED

    def test_the_whole_is_handed_over_once(self, linked: Linked) -> None:
        bundle = linked.file()
        for key in ("birth", "residence", "card"):
            linked.settle(linked.dossier(bundle, key), TUESDAY)
        given = at_once(
            *[
                lambda: return_bundle(bundle_id=bundle.pk, by=again(linked.clerk), at=TUESDAY)
                for _ in range(3)
            ]
        )
        assert sum(isinstance(one, NotComplete) for one in given) == 2
