"""Nơi nộp và người nộp: the first two steps of a draft; each saves and goes on."""

from __future__ import annotations

from functools import cached_property
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from motcua.core.time import local_date
from motcua.foundation.identity import places
from motcua.foundation.identity.models import Applicant, Mandate
from motcua.foundation.identity.operations.applicants import ApplicantInput
from motcua.service.filing.models import Draft
from motcua.service.filing.operations import drafting
from motcua.web.portal.drafts import PERSON, DraftPage, choices_of, offered_of, read_place
from motcua.web.ui.forms import Reader
from motcua.web.ui.posting import read_ward


class Place(DraftPage):
    """Bước 1: case and place, once more."""

    public = True
    step = "noi-nop"

    def get(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        procedure = self.draft.offering.procedure
        revision = self.draft.offering.revision_on(local_date(self.at))
        offered = offered_of(procedure, self)
        return self.step_page("portal/filing/place.html", **choices_of(self, revision.cases, offered))

    def post(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        reader, procedure = self.read(), self.draft.offering.procedure
        offering, case_id = read_place(reader, offered_of(procedure, self), procedure, self)
        reader.check()
        drafting.choose_place(draft_id=self.draft.pk, offering=offering, case_id=case_id, at=self.at)
        return self.onward()


class Who(DraftPage):
    """Bước 2: whose dossier it is, and who files."""

    public = True
    step = "nguoi-nop"

    def get(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        return self.step_page(
            "portal/filing/who.html",
            owner=with_ward(self.draft.owner),
            helper=self.draft.helper,
            acting=self.draft.acting if self.draft.mandate_id is None else f"MANDATE-{self.draft.mandate_id}",
            actings=[(value, label) for value, label in Draft.Acting.choices if value != Draft.Acting.MANDATE]
            + [(f"MANDATE-{one.pk}", f"Theo ủy quyền của {one.principal.name}") for one in self.mandates],
            kinds=Applicant.Kind.choices,
            provinces=[(one.code, one.name) for one in places.provinces()],
            known=self.known_person,
        )

    @cached_property
    def mandates(self) -> list[Mandate]:
        """Ủy quyền còn hiệu lực trao cho người đang đăng nhập."""
        if self.known_person is None:
            return []
        held = Mandate.objects.valid_at(self.at, local_date(self.at))
        return list(held.filter(agent=self.known_person).select_related("principal"))

    def post(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        reader = self.read()
        acting, mandate = self.read_acting(reader)
        owner = self.read_person(reader)
        helper = None
        if acting == Draft.Acting.RELATIVE:
            helper = self.read_helper(reader)
        relation = reader.text("relation", longest=100)
        draft = drafting.save_person(
            draft_id=self.draft.pk,
            owner=owner,
            acting=acting,
            helper=helper,
            relation=relation,
            mandate=mandate,
            at=self.at,
        )
        for name, sentence in drafting.person_faults(draft, self.at).items():
            reader.refuse(name, sentence)
        reader.check()
        return self.onward()

    def read_acting(self, reader: Reader) -> tuple[str, Mandate | None]:
        given = reader.text("acting")
        by_key = {f"MANDATE-{one.pk}": one for one in self.mandates}
        if given in by_key:
            return Draft.Acting.MANDATE, by_key[given]
        return (given if given == Draft.Acting.RELATIVE else Draft.Acting.SELF), None

    def read_person(self, reader: Reader) -> ApplicantInput:
        typed = {name: reader.text(name, longest=400) for name in PERSON}
        ward_code = read_ward(reader, typed["province_code"])
        if self.known_person and reader.text("acting") == Draft.Acting.SELF:
            known = drafting.typed_of(self.known_person)
            typed |= {name: known[name] for name in ("kind", "name", "personal_number", "tax_code", "birth")}
        return ApplicantInput(
            **{**typed, "kind": typed["kind"] or Applicant.Kind.PERSON, "ward_code": ward_code}
        )

    def read_helper(self, reader: Reader) -> ApplicantInput:
        if self.known_person:
            known = drafting.typed_of(self.known_person)
            return ApplicantInput(**known)
        fields = ("name", "personal_number", "phone", "email")
        return ApplicantInput(**{name: reader.text(f"helper_{name}", longest=400) for name in fields})


def with_ward(owner: dict[str, str]) -> dict[str, str]:
    ward = places.ward(owner.get("ward_code", ""))
    return {**dict.fromkeys(PERSON, ""), **owner, "ward": ward.name if ward else ""}
