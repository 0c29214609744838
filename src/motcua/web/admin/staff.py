"""Nhân sự: accounts, the posts they hold and for how long, lost passwords and phones, and who stands in for whom."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from motcua.core.errors import DomainError, Forbidden
from motcua.core.text import sort_key
from motcua.core.time import local_date
from motcua.foundation.identity.models import Delegation, Membership, User
from motcua.foundation.identity.operations import delegating, second_factor, staffing
from motcua.foundation.identity.operations.sessions import open_sessions
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import Agency, Post
from motcua.foundation.org.querysets import valid_on
from motcua.service.dossiers.models import Dossier
from motcua.web.admin.base import AdminPage, history, is_open_on, slice_of

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is read for another
REASON = "Hãy ghi lý do."


class StaffPage(AdminPage):
    abstract = True
    section = "admin:staff"
    permission = Permission.MANAGE_STAFF

    @property
    def mine(self) -> list[int]:
        return self.access.agencies(Permission.MANAGE_STAFF)

    def person(self, user_id: UUID, *, to_change: bool = False) -> User:
        """An account of this administrator's reach: one with a post here, or with none at all."""
        found: User | None = self.people().filter(pk=user_id).first()
        if found is None:
            raise self.missing("Không có tài khoản này trong phạm vi bạn quản lý.")
        if to_change and not self.is_all_mine(found):
            raise Forbidden(
                f"{found} còn giữ vị trí ở cơ quan khác. Hãy nhờ quản trị của cơ quan cấp trên chung."
            )
        return found

    def people(self) -> Any:
        held = Membership.objects.filter(user=OuterRef("pk"))
        return User.objects.filter(Exists(held.filter(post__agency__in=self.mine)) | ~Exists(held))

    def is_all_mine(self, person: User) -> bool:
        """Whoever changes an account must administer every place where it works."""
        lasting = Q(valid_to=None) | Q(valid_to__gte=self.today)
        return not person.memberships.filter(lasting).exclude(post__agency__in=self.mine).exists()

    def with_work(self, user_id: UUID) -> dict[str, Any]:
        """A person who is about to leave, and how many dossiers must find another hand."""
        person = self.person(user_id, to_change=True)
        return {"person": person, "in_hand": Dossier.objects.held_by(person).count()}

    def free_posts(self) -> list[tuple[str, str]]:
        posts = Post.objects.filter(agency__in=self.mine).filter(
            Q(valid_to=None) | Q(valid_to__gte=self.today)
        )
        listed = [
            (f"{post.agency.name}: {post.title} ({post.role.name})", str(post.pk))
            for post in posts.select_related("agency", "role")
        ]
        return [(key, label) for label, key in sorted(listed, key=lambda row: sort_key(row[0]))]


class StaffList(StaffPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        text, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
        agency = request.GET.get("agency", "")
        held = (
            Membership.objects.valid_on(self.today)
            .filter(valid_on(self.today, "post__"))
            .select_related("post__agency", "post__role")
        )
        rows = self.people()
        if text:
            rows = rows.called(text)
        if agency.isdecimal():
            rows = rows.in_post_at([int(agency)], self.today)
        if state == "INACTIVE":
            rows = rows.filter(is_active=False)
        elif state == "NO_POST":
            rows = rows.filter(~Exists(held.filter(user=OuterRef("pk"))), is_active=True)
        elif state != "ALL":
            rows = rows.filter(is_active=True)
        rows = rows.order_by("name_folded", "username").prefetch_related(
            Prefetch("memberships", queryset=held, to_attr="held")
        )
        return self.render(
            "admin/staff/index.html", q=text, state=state, agency=agency, page=slice_of(request, rows),
            agencies=self._agencies(),
        )  # fmt: skip

    def _agencies(self) -> list[tuple[int, str]]:
        mine = Agency.objects.valid_on(self.today).filter(pk__in=self.mine)
        return sorted(mine.values_list("pk", "name"), key=lambda row: sort_key(row[1]))


@method_decorator(never_cache, name="dispatch")
class NewStaff(StaffPage):
    """Tạo tài khoản: the password is made here, shown once, and must be changed at the first sign-in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render("admin/staff/new.html", posts=self.free_posts())

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        posts = dict(self.free_posts())
        values = {
            "full_name": reader.text("full_name", required="Hãy nhập họ và tên.", longest=200),
            "username": reader.text("username", required="Hãy nhập tên đăng nhập.", longest=60),
            "email": reader.text("email", longest=200),
            "phone": reader.text("phone", longest=20),
        }
        post_id = reader.choice("post", list(posts))
        first, last = reader.day("valid_from"), reader.day("valid_to")
        if post_id and first is None and "valid_from" not in reader.errors:
            reader.refuse("valid_from", "Hãy nhập ngày bắt đầu giữ vị trí.")
        reader.check()
        password = temporary_password()
        person = self._create(
            values, password, Post.objects.get(pk=post_id) if post_id else None, first, last
        )
        return self.render("admin/staff/password.html", person=person, password=password, is_new=True)

    def _create(
        self, values: dict[str, str], password: str, post: Post | None, first: Any, last: Any
    ) -> User:
        with transaction.atomic():  # an account whose post is refused is not left behind
            person = staffing.create_staff(
                **values, password=password, must_change_password=True, by=self.user, at=self.at
            )
            if post is not None:
                staffing.appoint(person, post=post, valid_from=first, valid_to=last, by=self.user, at=self.at)
        return person


class StaffMember(StaffPage):
    def get(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        person = self.person(user_id)
        rows = list(person.memberships.select_related("post__agency", "post__role").order_by("-valid_from"))
        return self.render(
            "admin/staff/show.html",
            person=person,
            held=[row for row in rows if is_open_on(row, self.today)],
            past=[row for row in rows if not is_open_on(row, self.today)],
            mine=set(self.mine),
            posts=self.free_posts(),
            given=open_delegations(Delegation.objects.filter(giver=person), self.at),
            received=open_delegations(Delegation.objects.filter(receiver=person), self.at),
            has_second_factor=second_factor.device_of(person) is not None,
            sessions=len(open_sessions(person, self.at)),
            in_hand=Dossier.objects.held_by(person).count(),
            is_locked_out=is_locked_out(person, self.at),
            may_change=self.is_all_mine(person),
            history=history(person.pk),
        )


class StaffDescription(StaffPage):
    def get(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        return self.render("admin/staff/edit.html", person=self.person(user_id, to_change=True))

    def post(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        person, reader = self.person(user_id, to_change=True), self.read()
        values = {
            "full_name": reader.text("full_name", required="Hãy nhập họ và tên.", longest=200),
            "email": reader.text("email", longest=200),
            "phone": reader.text("phone", longest=20),
        }
        reader.check()
        staffing.describe_staff(person, **values, by=self.user, at=self.at)
        return self.done("Đã sửa thông tin tài khoản.", "admin:staff-member", user_id)


class Appointment(StaffMember):
    """Giao vị trí."""

    def post(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        person, reader = self.person(user_id), self.read()
        post_id = reader.choice("post", list(dict(self.free_posts())), required="Hãy chọn vị trí.")
        first = reader.day("valid_from", required="Hãy nhập ngày bắt đầu.")
        last = reader.day("valid_to")
        reader.check()
        post = Post.objects.get(pk=post_id)
        staffing.appoint(
            person, post=post, valid_from=first or self.today, valid_to=last, by=self.user, at=self.at
        )
        return self.done(f"{person} giữ vị trí {post.title}.", "admin:staff-member", user_id)


class AppointmentEnd(StaffPage):
    """Thôi giữ vị trí."""

    def get(self, request: HttpRequest, user_id: UUID, membership_id: int) -> HttpResponse:
        person = self.person(user_id)
        return self.render(
            "admin/staff/end.html", person=person, membership=self._mine(person, membership_id)
        )

    def post(self, request: HttpRequest, user_id: UUID, membership_id: int) -> HttpResponse:
        person, reader = self.person(user_id), self.read()
        membership = self._mine(person, membership_id)
        on = reader.day("on", required="Hãy nhập ngày.")
        reader.check()
        if not is_open_on(membership, self.today):
            raise DomainError(f"Đã thôi giữ vị trí từ sau ngày {membership.valid_to:%d/%m/%Y}.")
        staffing.end_appointment(membership, on=on or self.today, by=self.user, at=self.at)
        return self.done(f"{person} thôi giữ {membership.post.title}.", "admin:staff-member", user_id)

    def _mine(self, person: User, membership_id: int) -> Membership:
        rows = person.memberships.select_related("post__agency", "user")
        found = rows.filter(pk=membership_id).first()
        if found is None:
            raise self.missing("Không có lần giữ vị trí này.")
        self.access.require(Permission.MANAGE_STAFF, found.post.agency_id)
        return found


class Deactivation(StaffPage):
    def get(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        return self.render("admin/staff/deactivate.html", **self.with_work(user_id))

    def post(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        person, reader = self.person(user_id, to_change=True), self.read()
        reason = reader.text("reason", required=REASON, longest=300)
        reader.check()
        staffing.deactivate_staff(person, reason=reason, by=self.user, at=self.at)
        return self.done(f"Đã khóa tài khoản {person.username}.", "admin:staff-member", user_id)


class Reactivation(StaffPage):
    def post(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        person = self.person(user_id, to_change=True)
        staffing.reactivate_staff(person, by=self.user, at=self.at)
        return self.done(f"Đã mở lại tài khoản {person.username}.", "admin:staff-member", user_id)


class Unlocking(StaffPage):
    """Mở khóa đăng nhập: after too many wrong passwords, before the wait is over."""

    def post(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        person = self.person(user_id, to_change=True)
        reset(username=person.username)
        return self.done(f"{person} có thể đăng nhập lại ngay.", "admin:staff-member", user_id)


@method_decorator(never_cache, name="dispatch")
class NewPassword(StaffPage):
    """Cấp mật khẩu tạm: shown once; every session of the person ends."""

    def get(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        return self.render("admin/staff/new_password.html", person=self.person(user_id, to_change=True))

    def post(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        person = self.person(user_id, to_change=True)
        if person.pk == self.user.pk:
            raise DomainError("Mật khẩu của chính bạn đổi ở mục Đổi mật khẩu.")
        password = temporary_password()
        staffing.change_password(person, new=password, by=self.user, at=self.at)
        reset(username=person.username)
        return self.render("admin/staff/password.html", person=person, password=password, is_new=False)


class SecondFactorRemoval(StaffPage):
    """Gỡ xác thực hai lớp của người mất thiết bị; never one's own, so that it stays a second factor."""

    def get(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        return self.render("admin/staff/second_factor.html", person=self.person(user_id, to_change=True))

    def post(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        person, reader = self.person(user_id, to_change=True), self.read()
        reason = reader.text("reason", required=REASON, longest=300)
        reader.check()
        if person.pk == self.user.pk:
            raise Forbidden("Bạn không thể tự gỡ xác thực hai lớp của mình. Hãy nhờ một quản trị khác.")
        second_factor.remove(person, reason=reason, by=self.user, at=self.at)
        return self.done(f"{person} sẽ đăng ký lại ở lần đăng nhập tới.", "admin:staff-member", user_id)


class Delegations(StaffPage):
    """Ủy quyền đang có: who stands in for whom, in the agencies of this administrator."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = Delegation.objects.filter(post__agency__in=self.mine)
        is_past = request.GET.get("state") == "PAST"
        if is_past:
            past = rows.filter(Q(valid_to__lt=self.today) | Q(withdrawn_at__isnull=False))
            listed = list(past.select_related("giver", "receiver", "post__agency")[:200])
        else:
            listed = open_delegations(rows, self.at)
        return self.render("admin/delegations/index.html", delegations=listed, is_past=is_past)


class DelegationWithdrawal(StaffPage):
    def post(self, request: HttpRequest, delegation_id: UUID) -> HttpResponse:
        found = Delegation.objects.filter(pk=delegation_id, post__agency__in=self.mine).first()
        if found is None:
            raise self.missing("Không có ủy quyền này.")
        delegating.withdraw(found, by=self.user, at=self.at)
        return self.done("Đã thu hồi ủy quyền.", "admin:delegations")


def temporary_password() -> str:
    """Fifteen letters and digits in groups, easily read out; some 75 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(3))


def is_locked_out(person: User, at: datetime) -> bool:
    since: datetime = at - timedelta(hours=settings.AXES_COOLOFF_TIME)
    return bool(
        AccessAttempt.objects.filter(
            username=person.username,
            attempt_time__gte=since,
            failures_since_start__gte=settings.AXES_FAILURE_LIMIT,
        ).exists()
    )


def open_delegations(rows: Any, at: datetime) -> list[Delegation]:
    """Còn hiệu lực hoặc sẽ có hiệu lực."""
    open_rows = rows.filter(valid_to__gte=local_date(at), withdrawn_at=None)
    return list(open_rows.select_related("giver", "receiver", "post__agency").order_by("valid_from"))
