"""Ủy quyền của một người: who may hand in for whom, written down from the paper, used at reception, revoked."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from motcua.core.errors import DomainError, InvalidInput
from motcua.core.ids import as_key
from motcua.core.text import sort_key
from motcua.core.time import local_date
from motcua.foundation.identity.models import Applicant, Mandate
from motcua.foundation.identity.operations.applicants import ApplicantInput, find_or_create_applicant
from motcua.foundation.identity.operations.mandates import give_mandate, revoke_mandate
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.notices.models import Notice
from motcua.service.procedures.models import Procedure, Revision
from motcua.web.counter.applicants import applicant_or_404
from motcua.web.ui.forms import Reader
from motcua.web.ui.pages import Page


class Mandates(Page):
    """Ủy quyền của người này: given and held, and a new one."""

    permission = Permission.RECEIVE

    def get(self, request: HttpRequest, applicant_id: UUID) -> HttpResponse:
        applicant = applicant_or_404(self, applicant_id)
        today = local_date(self.at)
        mandates = list(Mandate.objects.about(applicant))
        notices: dict[UUID, list[Notice]] = {}
        for notice in Notice.objects.filter(subject_id__in=[one.pk for one in mandates]).order_by("id"):
            notices.setdefault(notice.subject_id, []).append(notice)
        fields = Revision.objects.filter(pk__in=Procedure.objects.in_force(today).values("current"))
        return self.render(
            "counter/mandates/index.html",
            applicant=applicant,
            rows=[(one, one.is_valid_at(self.at, today), notices.get(one.pk, [])) for one in mandates],
            fields_of_law=[
                (name, name)
                for name in sorted(
                    fields.exclude(field="").order_by().values_list("field", flat=True).distinct(),
                    key=sort_key,
                )
            ],
            today=today,
        )

    def post(self, request: HttpRequest, applicant_id: UUID) -> HttpResponse:
        applicant, reader = applicant_or_404(self, applicant_id), self.read()
        valid_from = reader.day("valid_from", required="Hãy nhập ngày bắt đầu.")
        valid_to = reader.day("valid_to", required="Hãy nhập ngày hết hạn.")
        paper = reader.text("paper", required="Hãy ghi giấy ủy quyền: số, ngày, nơi chứng thực.", longest=200)
        fields = reader.several("fields")
        codes = reader.text("procedures", longest=400).replace(",", " ").split()
        unknown = set(codes) - set(Procedure.objects.filter(code__in=codes).values_list("code", flat=True))
        if unknown:
            reader.refuse("procedures", f"Không có thủ tục mã {', '.join(sorted(unknown))}.")
        name = reader.text("agent_name", required="Hãy nhập họ tên người được ủy quyền.", longest=200)
        agent = None if reader.errors else self.agent(reader, name)
        reader.check()
        assert agent is not None  # noqa: S101  reader.check() has refused it
        assert valid_from is not None  # noqa: S101  reader.check() has refused it
        assert valid_to is not None  # noqa: S101  reader.check() has refused it
        give_mandate(
            principal=applicant, agent=agent, fields=fields, procedures=codes, valid_from=valid_from, valid_to=valid_to,
            paper=paper, by=self.user, at=self.at,
        )  # fmt: skip
        sentence = f"Đã ghi nhận: {agent.name} làm thủ tục thay {applicant.name} đến hết {valid_to:%d/%m/%Y}."
        return self.done(f"{sentence} {_told(applicant, agent)}", "counter:mandates", applicant.pk)

    def agent(self, reader: Reader, name: str) -> Applicant:
        """Người được ủy quyền, found or written down; its refusals stand by its own fields."""
        data = ApplicantInput(
            name=name,
            personal_number=reader.text("agent_personal_number", longest=100),
            phone=reader.text("agent_phone", longest=100),
        )
        try:
            return find_or_create_applicant(data, by=self.user, at=self.at)
        except InvalidInput as refusal:
            raise InvalidInput({f"agent_{field}": said for field, said in refusal.errors.items()}) from None
        except DomainError as refusal:
            raise InvalidInput({f"agent_{refusal.field}": refusal.message}) from None


class Revocation(Page):
    """Thu hồi ủy quyền."""

    permission = Permission.RECEIVE

    def get(self, request: HttpRequest, mandate_id: UUID) -> HttpResponse:
        return self.render("counter/mandates/revoke.html", mandate=self.mandate(mandate_id))

    def post(self, request: HttpRequest, mandate_id: UUID) -> HttpResponse:
        mandate, reader = self.mandate(mandate_id), self.read()
        reason = reader.text("reason", required="Hãy ghi lý do thu hồi.", longest=300)
        reader.check()
        revoke_mandate(mandate_id=mandate.pk, reason=reason, by=self.user, at=self.at)
        sentence = f"Đã thu hồi ủy quyền. {_told(mandate.principal, mandate.agent)}"
        return self.done(sentence, "counter:mandates", mandate.principal_id)

    def mandate(self, mandate_id: UUID) -> Mandate:
        found = Mandate.objects.select_related("principal", "agent").filter(pk=mandate_id).first()
        if found is None:
            raise self.missing("Không có ủy quyền này.")
        return found


def _told(*people: Applicant) -> str:
    """Who is told by a notice, and who has left no address and must be told in person."""
    unreached = [one.name for one in people if not one.email and not one.phone]
    if not unreached:
        return "Hai người đều được báo."
    return f"{' và '.join(unreached)} không để lại điện thoại hay thư điện tử: hãy báo trực tiếp."


def chosen_mandate(page: Page, principal: Applicant) -> Mandate | None:
    """The mandate that the address names, when it is this person's; it is judged when the dossier is taken in."""
    key = as_key(page.request.GET.get("uy-quyen", ""))
    if key is None:
        return None
    found = Mandate.objects.select_related("agent").filter(pk=key, principal=principal).first()
    if found is None:
        raise page.missing("Không có ủy quyền này của chủ hồ sơ.")
    return found
