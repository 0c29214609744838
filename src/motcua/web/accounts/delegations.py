"""One's own posts, lent to a colleague for a period."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from motcua.core.time import local_date
from motcua.foundation.identity.models import Delegation, User
from motcua.foundation.identity.operations.delegating import delegate, withdraw
from motcua.foundation.org.models import Post
from motcua.web.ui.pages import Page

NOBODY = "Hãy chọn người nhận ủy quyền."


class Delegations(Page):
    any_staff = True

    def get(self, request: HttpRequest) -> HttpResponse:
        given = Delegation.objects.filter(giver=self.user).select_related("receiver", "post__agency")
        received = Delegation.objects.filter(receiver=self.user).select_related("giver", "post__agency")
        today = local_date(self.at)
        return self.render(
            "accounts/delegations/index.html",
            posts=self.own_posts(),
            colleagues=[(str(one.pk), f"{one.full_name} ({one.username})") for one in self.colleagues()],
            given=[(one, one.is_open_at(self.at, today)) for one in given[:50]],
            received=[(one, one.is_open_at(self.at, today)) for one in received[:50]],
            today=today,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.read()
        posts, colleagues = self.own_posts(), {str(one.pk): one for one in self.colleagues()}
        post_id = form.choice("post", [key for key, _ in posts], required="Hãy chọn vị trí.")
        receiver_id = form.choice("receiver", list(colleagues), required=NOBODY)
        first = form.day("valid_from", required="Hãy nhập ngày bắt đầu.")
        last = form.day("valid_to", required="Hãy nhập ngày cuối.")
        reason = form.text("reason", required="Hãy ghi lý do.", longest=300)
        form.check()
        assert first is not None  # noqa: S101  form.check() has refused an empty day
        assert last is not None  # noqa: S101
        delegation = delegate(
            giver=self.user,
            receiver=colleagues[receiver_id],
            post=Post.objects.get(pk=post_id),
            valid_from=first,
            valid_to=last,
            reason=reason,
            by=self.user,
            at=self.at,
        )
        return self.done(
            f"Đã ủy quyền cho {delegation.receiver} từ {first:%d/%m/%Y} đến hết {last:%d/%m/%Y}.",
            "accounts:delegations",
        )

    def own_posts(self) -> list[tuple[str, str]]:
        return [
            (str(grant.post_id), f"{grant.title}, {grant.agency_name}")
            for grant in self.access.grants
            if grant.giver_id is None
        ]

    def colleagues(self) -> list[User]:
        """Those who hold a post in the same house."""
        near = User.objects.active().in_post_at(self.access.houses, local_date(self.at))
        return list(near.exclude(pk=self.user.pk).order_by("name_folded"))


class Withdrawal(Page):
    any_staff = True

    def post(self, request: HttpRequest, delegation_id: UUID) -> HttpResponse:
        delegation = Delegation.objects.filter(pk=delegation_id, giver=self.user).first()
        if delegation is None:
            raise self.missing("Không có ủy quyền này.")
        withdraw(delegation, by=self.user, at=self.at)
        return self.done("Đã thu hồi ủy quyền.", "accounts:delegations")
