"""The vocabulary of questions about dossiers. Each method is one business phrase and returns a queryset."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchQuery
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery

from motcua.core.errors import DomainError
from motcua.core.text import fold, reversed_fold
from motcua.core.time import VIETNAM, local_date
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.applicants import number_key, phone_key
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.querysets import valid_on
from motcua.service.dossiers.states import AT_WORK, ENDED_EARLY, OPEN, WAITING, State
from motcua.service.workflows.models import Task
from motcua.service.workflows.querysets import TaskQuerySet

if TYPE_CHECKING:
    from motcua.foundation.identity.models import User
    from motcua.service.dossiers.models import (  # noqa: F401  named in a base class
        Apology,
        Consultation,
        Deadline,
        Delivery,
        Dossier,
        Message,
        PaperTransfer,
        Supplement,
    )
    from motcua.service.procedures.models import Entrustment


OUTCOMES: dict[str, Callable[[datetime], Q]] = {  # what became of a dossier, at a moment
    "on_time": lambda _at: (
        Q(finished_at__isnull=False) & (Q(due_at__isnull=True) | Q(finished_at__lte=F("due_at")))
    ),
    "late": lambda _at: Q(finished_at__gt=F("due_at")),
    "open": lambda _at: Q(state__in=sorted(OPEN)),
    "overdue": lambda at: Q(state__in=sorted(AT_WORK), due_at__lt=at),
    "ended": lambda _at: Q(state__in=sorted(ENDED_EARLY)),
}
LONG_TEXTS = (  # of a revision: no list shows them
    "ministry", "decision", "levels", "kind", "subjects", "settling", "competent", "receiving", "cooperating",
    "conditions", "steps", "keywords", "source", "other",
)  # fmt: skip


NO_SUCH = "Không tìm thấy hồ sơ. Hãy kiểm tra lại mã số hoặc quay về danh sách."


class NoSuchDossier(DomainError):
    """Không tìm thấy hồ sơ, or it is not the reader's to see: the answer is the same."""


class DossierQuerySet(models.QuerySet["Dossier"]):
    """Hồ sơ, hỏi bằng lời của nghiệp vụ."""

    def visible_to(self, user: User, at: datetime) -> Self:
        """Được xem: settled or received by an agency where the user may see dossiers, in the user's own hands, or with
        a step that is open at such an agency.
        """
        return self.visible_in(access_of(user, at).agencies(Permission.SEE), user.pk)

    def visible_in(self, agencies: list[int], holder_id: UUID) -> Self:
        """Được xem, told by the agencies where one may see dossiers and by one's own key."""
        mine = Q(holder=holder_id) | Q(AnyOf(_tasks().open().in_hands_of(holder_id, agencies)))
        if not agencies:
            return self.filter(mine)
        return self.filter(Q(agency__in=agencies) | Q(reception_agency__in=agencies) | mine)

    def with_open_task(self, tasks: models.QuerySet[Any]) -> Self:
        """Đang mở một trong những việc này; one statement, and the tasks' own indexes find them."""
        return self.filter(AnyOf(tasks))

    def readable_by(self, user: User, at: datetime) -> Self:
        """Được mở ra đọc: visible, or asked about, while the question to the user's agency is open.

        For one dossier at a time; lists ask `visible_to`, whose indexes need no second table.
        """
        visible = self.model.objects.visible_to(user, at).filter(pk=OuterRef("pk"))
        asked = _consultations().waiting_for(user, at).filter(dossier=OuterRef("pk"))
        return self.filter(Exists(visible) | Exists(asked))

    def open(self) -> Self:
        """Đang giải quyết: no result yet."""
        return self.filter(state__in=sorted(OPEN))

    def running(self) -> Self:
        """Đồng hồ đang chạy: open, and waiting neither for a supplement nor for a payment."""
        return self.filter(state__in=sorted(AT_WORK))

    def standing_still(self) -> Self:
        """Đồng hồ đang dừng: the next word is the applicant's."""
        return self.filter(state__in=sorted(WAITING))

    def at_agency(self, agency_id: int) -> Self:
        """Do cơ quan này giải quyết."""
        return self.filter(agency=agency_id)

    def received_at_unit(self, agency_id: int) -> Self:
        """Do nơi này tiếp nhận."""
        return self.filter(reception_agency=agency_id)

    def held_by(self, user: User) -> Self:
        """Đang trong tay người này, at any of its open steps."""
        return self.open().with_open_task(_tasks().open().filter(holder=user))

    def movable_by(self, user: User, at: datetime) -> Self:
        """Được bàn giao: where this person distributes work, or administers those who do it."""
        access = access_of(user, at)
        places = sorted(access.where(Permission.ASSIGN) | access.where(Permission.MANAGE_STAFF))
        return self.filter(Q(agency__in=places) | Q(reception_agency__in=places))

    def forlorn(self, at: datetime) -> Self:
        """Không còn người giữ: open, but its holder's account is closed, or no post of the step's role is left to them."""
        seats = apps.get_model("identity", "Membership").objects.valid_on(local_date(at))
        seats = seats.filter(valid_on(local_date(at), "post__"), user=OuterRef("holder"))
        given = apps.get_model("identity", "Delegation").objects.valid_on(local_date(at))
        given = given.filter(
            receiver=OuterRef("holder"), withdrawn_at=None, post__role__code=OuterRef("step_role")
        )
        in_role = Exists(seats.filter(post__role__code=OuterRef("step_role"))) | Exists(given)
        return self.open().filter(Q(holder__is_active=False) | ~in_role, holder__isnull=False)

    def unclaimed(self, agency_id: int, roles: set[str]) -> Self:
        """Chờ người nhận việc: open, nobody holds it, and the step is for one of these roles."""
        return self.open().filter(agency=agency_id, step_role__in=sorted(roles), holder__isnull=True)

    def overdue(self, *, at: datetime) -> Self:
        """Quá hạn: running and promised for an earlier moment."""
        return self.open().filter(due_at__lt=at)

    def finished_late(self) -> Self:
        """Xong sau hạn: against the lawful promise; a lawful extension is no lateness."""
        return self.filter(finished_at__gt=models.F("due_at"))

    def late(self, *, at: datetime) -> Self:
        """Chậm: running past the promise, or finished after it."""
        return self.filter(
            Q(state__in=sorted(AT_WORK), due_at__lt=at) | Q(finished_at__gt=models.F("due_at"))
        )

    def with_apology_in_draft(self, *, at: datetime) -> Self:
        """Cần xin lỗi: not yet late, foreseen to be, and the letter waits to be signed."""
        return self.running().filter(due_at__gte=at, apologies__state="DRAFT")

    def overdue_without_apology(self, *, at: datetime) -> Self:
        """Quá hạn chưa xin lỗi: ought to be empty. Legal: ND118-2025 Đ19.6"""
        return self.running().filter(due_at__lt=at).without_apology()

    def without_apology(self) -> Self:
        """Chưa gửi thư xin lỗi for the promise that stands; whoever was given a new date once is not asked again."""
        sent = _apologies().filter(dossier=OuterRef("pk"), state="SENT")
        return self.exclude(Exists(sent.filter(Q(extends=True) | Q(due_before=OuterRef("due_at")))))

    def waiting_to_transfer(self, agency_ids: list[int]) -> Self:
        """Chờ bàn giao cho cơ quan giải quyết."""
        return self.filter(state=State.RECEIVED, reception_agency__in=agency_ids)

    def ready_to_return(self, agency_ids: list[int]) -> Self:
        """Có kết quả, chờ trả."""
        return self.filter(state=State.RESULT_READY, reception_agency__in=agency_ids)

    def under(self, entrustment: Entrustment) -> Self:
        """Theo phân cấp, ủy quyền này: received in its validity, settled by its receiver."""
        first = datetime.combine(entrustment.valid_from, time(), VIETNAM)
        found = self.filter(
            procedure__in=entrustment.procedures.values("pk"),
            agency=entrustment.receiver_id,
            received_at__gte=first,
        )
        if entrustment.valid_to is None:
            return found
        return found.filter(
            received_at__lt=datetime.combine(entrustment.valid_to, time(), VIETNAM) + timedelta(days=1)
        )

    def outcomes(self, *, at: datetime) -> dict[str, int]:
        """Đã ra sao: how many were received, and what became of them."""
        counted: dict[str, int] = self.aggregate(**_outcomes(at))
        return counted

    def counted_under(self, entrustment_ids: Collection[UUID], *, at: datetime) -> dict[UUID, dict[str, int]]:
        """Đã ra sao, theo từng quyết định phân cấp, ủy quyền: those of `under`, of many decisions in one question."""
        made = "procedure__entrustments"
        under = self.filter(
            Q(**{f"{made}__valid_to": None}) | Q(received_at__date__lte=F(f"{made}__valid_to")),
            received_at__date__gte=F(f"{made}__valid_from"),
            agency=F(f"{made}__receiver"),
            **{f"{made}__in": list(entrustment_ids)},
        )
        rows = under.order_by().values(made).annotate(**_outcomes(at))
        return {row.pop(made): row for row in rows}

    def in_lawful_order(self) -> Self:
        """Theo thứ tự hạn: the earliest promise first; what promises nothing comes last."""
        return self.order_by(models.F("due_at").asc(nulls_last=True), "id")

    def page_after(self, due_at: datetime | None, last_id: UUID | None) -> Self:
        """Trang sau, by keyset: what follows (due_at, id) in the lawful order."""
        if last_id is None:
            return self
        if due_at is None:
            return self.filter(due_at__isnull=True, id__gt=last_id)
        return self.filter(Q(due_at__gt=due_at) | Q(due_at=due_at, id__gt=last_id) | Q(due_at__isnull=True))

    def with_code(self, text: str) -> Self:
        """Có mã số này."""
        return self.filter(code=text.strip().upper())

    def with_number(self, text: str) -> Self:
        """Của số định danh hoặc điện thoại này."""
        digits = "".join(character for character in text if character.isdigit())
        return self.filter(Q(number_key=number_key(digits)) | Q(phone=phone_key(text)))

    def named(self, text: str) -> Self:
        """Của người có đúng tên này, with or without diacritics."""
        return self.filter(name_folded=fold(text))

    def named_from(self, text: str) -> Self:
        """Tên bắt đầu như thế này, from the family name or from the given name."""
        return self.filter(
            Q(name_folded__startswith=fold(text)) | Q(name_reversed__startswith=reversed_fold(text))
        )

    def with_words(self, text: str) -> Self:
        """Có những từ này trong tên hoặc nội dung."""
        return self.filter(words=SearchQuery(fold(text), config="simple"))

    def lock(self, dossier_id: UUID) -> Dossier:
        """Take the dossier for the act that follows; others wait. Raises NoSuchDossier."""
        dossier = self.select_for_update(of=("self",)).filter(pk=dossier_id).first()
        if dossier is None:
            raise NoSuchDossier(NO_SUCH)
        return dossier

    def lock_all(self, dossier_ids: Iterable[UUID]) -> dict[UUID, Dossier]:
        """Take many at once, always in the same order, so that two who do it wait for each other and never cross."""
        wanted = self.select_for_update(of=("self",)).filter(pk__in=list(dossier_ids)).order_by("pk")
        return {one.pk: one for one in wanted.defer("words")}

    def with_interruptions(self) -> Self:
        """Each with `is_interrupted`: whether the clock has more to replay of it than its own row tells."""
        kept = [
            apps.get_model("dossiers", name).objects for name in ("Supplement", "Pause", "Apology", "Stop")
        ]
        found = [Exists(rows.filter(dossier=OuterRef("pk"))) for rows in kept]
        return self.annotate(is_interrupted=found[0] | found[1] | found[2] | found[3])

    def with_reminders(self) -> Self:
        """Each with `reminded_on`: the last day on which its present holder was reminded of it."""
        told = apps.get_model("dossiers", "Reminder").objects.filter(
            dossier=OuterRef("pk"), holder=OuterRef("holder_id")
        )
        return self.annotate(reminded_on=Subquery(told.order_by("-on").values("on")[:1]))

    def reminded(self) -> Self:
        """Người đang giữ đã được nhắc."""
        return self.with_reminders().filter(reminded_on__isnull=False)

    def with_names(self) -> Self:
        """What a page of a list shows, in one query; the long texts of the procedure stay in the database."""
        texts = [f"revision__{name}" for name in LONG_TEXTS]
        return self.select_related("revision", "agency", "reception_agency", "holder").defer("words", *texts)


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    """Việc lấy ý kiến, hỏi bằng lời của nghiệp vụ."""

    def waiting_for(self, user: User, at: datetime) -> Self:
        """Chờ nơi của người này trả lời."""
        return self.open().filter(agency__in=access_of(user, at).agencies(Permission.PROCESS))

    def open(self) -> Self:
        """Còn chờ trả lời."""
        return self.filter(answered_at__isnull=True, dropped_at__isnull=True)

    def told_late(self) -> Self:
        """Đã báo là trả lời muộn, và vẫn còn chờ."""
        return self.open().filter(late_told_at__isnull=False)


class AnyOf(models.Func):
    """`id = ANY(ARRAY(…))`: the dossiers of these tasks, found once; unlike IN it lets an OR use every index."""

    def __init__(self, tasks: models.QuerySet[Any]) -> None:
        super().__init__(
            models.F("pk"),
            ArraySubquery(tasks.values("dossier_id")),
            template="%(expressions)s)",
            arg_joiner=" = ANY(",
            output_field=models.BooleanField(),
        )


class SupplementQuerySet(models.QuerySet["Supplement"]):
    """Yêu cầu bổ sung, hỏi bằng lời của nghiệp vụ."""

    def awaited(self) -> Self:
        """Đang chờ người nộp."""
        return self.filter(completed_at__isnull=True, closed_at__isnull=True)

    def awaited_of(self, dossier_ids: list[UUID]) -> Iterable[tuple[UUID, datetime | None]]:
        """Chờ đến bao giờ, of each of these dossiers."""
        return self.awaited().filter(dossier__in=dossier_ids).values_list("dossier_id", "waits_until")


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Phần bổ sung gửi trực tuyến, hỏi bằng lời của nghiệp vụ."""

    def waiting(self) -> Self:
        """Chờ Một cửa xem, the earliest first; nothing of a request that is over."""
        return self.filter(
            looked_at=None, supplement__completed_at=None, supplement__closed_at=None
        ).order_by("sent_at", "id")

    def visible_to(self, user: User, at: datetime) -> Self:
        """Được xem: of dossiers received where this person takes dossiers in."""
        return self.filter(dossier__reception_agency__in=access_of(user, at).agencies(Permission.RECEIVE))


class MessageQuerySet(models.QuerySet["Message"]):
    """Tin trong hồ sơ, hỏi bằng lời của nghiệp vụ."""

    def of(self, dossier_id: UUID) -> Self:
        """Của hồ sơ, first to last."""
        return self.filter(dossier=dossier_id).select_related("author").order_by("sent_at", "id")

    def waiting_for_office(self) -> Self:
        """Người nộp hỏi, chưa ai trả lời."""
        return self.filter(asks=True, answered_at=None, is_from_office=False)

    def visible_to(self, user: User, at: datetime) -> Self:
        """Được xem: of dossiers that this person may see."""
        from motcua.service.dossiers.models import Dossier

        return self.filter(dossier__in=Dossier.objects.visible_to(user, at))


class DeadlineQuerySet(models.QuerySet["Deadline"]):
    """Thời hạn bên trong, hỏi bằng lời của nghiệp vụ."""

    def running(self) -> Self:
        """Đang chạy: neither met nor dropped."""
        return self.filter(met_at__isnull=True, dropped_at__isnull=True)

    def to_alarm(self, *, at: datetime) -> Self:
        """Đến lúc báo."""
        return self.running().filter(alarmed_at__isnull=True, alarm_at__lte=at)

    def alarmed(self) -> Self:
        """Đã báo, chưa xong."""
        return self.running().filter(alarmed_at__isnull=False)

    def visible_to(self, user: User, at: datetime) -> Self:
        """Thuộc nơi mà người này được xem hồ sơ."""
        return self.filter(agency__in=access_of(user, at).agencies(Permission.SEE))

    def page_after(self, due_at: datetime, last_id: UUID) -> Self:
        """Trang sau, by keyset."""
        return self.filter(Q(due_at__gt=due_at) | Q(due_at=due_at, id__gt=last_id))


class PaperTransferQuerySet(models.QuerySet["PaperTransfer"]):
    """Hồ sơ giấy đang chuyển, hỏi bằng lời của nghiệp vụ."""

    def visible_to(self, user: User, at: datetime) -> Self:
        """Được xem: who may see dossiers at either end."""
        agencies = access_of(user, at).agencies(Permission.SEE)
        return self.filter(Q(from_agency__in=agencies) | Q(to_agency__in=agencies))

    def to_send(self, agency_ids: list[int]) -> Self:
        """Chờ giao đi."""
        return self.filter(from_agency__in=agency_ids, sent_at__isnull=True)

    def to_receive(self, agency_ids: list[int]) -> Self:
        """Đang trên đường đến, or still to be sent from where it was handed in."""
        return self.filter(to_agency__in=agency_ids, received_at__isnull=True)

    def overdue(self, *, at: datetime) -> Self:
        """Quá hạn giao."""
        return self.filter(sent_at__isnull=True, due_at__lt=at)

    def for_pages(self) -> Self:
        """With what a list shows of each."""
        return self.select_related("dossier__revision", "from_agency", "to_agency", "sent_by")

    def lock(self, dossier_id: UUID) -> PaperTransfer:
        """Take the papers of a dossier for the act that follows. Raises NoSuchDossier."""
        found = self.select_for_update(of=("self",)).select_related("dossier").filter(dossier=dossier_id)
        transfer = found.first()
        if transfer is None:
            raise NoSuchDossier("Hồ sơ này không có hồ sơ giấy phải chuyển.")
        return transfer


def _tasks() -> TaskQuerySet:
    return Task.objects.all()


def _apologies() -> models.QuerySet[Apology]:
    from motcua.service.dossiers import models as facts

    return facts.Apology.objects.all()


def _consultations() -> ConsultationQuerySet:
    from motcua.service.dossiers import models as facts

    return facts.Consultation.objects.all()


def first_or_refuse(dossiers: models.QuerySet[Any] | list[Dossier]) -> Any:
    """The one row, or the same refusal whether it is missing or hidden."""
    found = next(iter(dossiers), None) if isinstance(dossiers, list) else dossiers.first()
    if found is None:
        raise NoSuchDossier("Không tìm thấy hồ sơ, hoặc hồ sơ không thuộc phạm vi bạn được xem.")
    return found


def _outcomes(at: datetime) -> dict[str, Count]:
    """The counts of `OUTCOMES`; of one table joined to a decision each dossier stands once."""
    return {"received": Count("pk"), **{name: Count("pk", filter=of(at)) for name, of in OUTCOMES.items()}}
