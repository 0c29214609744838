"""Trang của tôi: my dossiers and filings, my account, my devices, for whom I act, and who looked at my data."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from motcua.core.errors import DomainError
from motcua.core.time import local_date
from motcua.foundation.citizens.models import CitizenAccount, CitizenSession
from motcua.foundation.citizens.operations.accounts import change_contact
from motcua.foundation.citizens.operations.acting import (
    act_for,
    end_representative,
    name_representative,
    represented_by,
)
from motcua.foundation.citizens.operations.signing_out import (
    end_other_sessions,
    end_session,
    unlink_provider,
)
from motcua.foundation.citizens.sessions import idle
from motcua.foundation.citizens.telling import MOST_LOOKS, acts_of, looks_at
from motcua.foundation.notices.operations.ruling import refusable, say_unwanted, unwanted_by
from motcua.integrations.sign_in.models import SignInProvider
from motcua.service.filing.mine import matters_of
from motcua.web.portal.citizen import SignedInMixin
from motcua.web.portal.signing_in import SigningIn
from motcua.web.ui.devices import device_name
from motcua.web.ui.pages import Page

PER_PAGE = 20
SURE = 2  # rank of the level that an act of weight asks for


class MyPage(SignedInMixin, Page):
    """A page of who has signed in: never kept by a browser, so that the back button of a shared one shows nothing."""

    abstract = True

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = super().dispatch(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response  # type: ignore[return-value]


class Home(MyPage):
    """Trang của tôi."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        matters, has_more = matters_of(self.citizen.applicant, after=self.after(), limit=PER_PAGE)
        last = matters[-1] if matters else None
        return self.render(
            "portal/citizen/home.html",
            matters=matters,
            next=f"?sau={last.at.isoformat()}~{last.id}".replace("+", "%2B") if has_more and last else "",
            is_first="sau" not in request.GET,
            organisations=represented_by(self.hand, self.at),
        )

    def after(self) -> tuple[datetime, UUID] | None:
        """The last one shown, from the address; what cannot be read is the beginning."""
        moment, _, key = self.request.GET.get("sau", "").partition("~")
        try:
            at = datetime.fromisoformat(moment)
            return (at, UUID(key)) if at.tzinfo else None
        except ValueError:
            return None


class AccountPage(MyPage):
    """Tài khoản của tôi."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        account = self.citizen
        links = list(account.links.living())
        used = {link.provider for link in links}
        more = SignInProvider.objects.offered_on(self.at.date()).exclude(pk__in=used)
        return self.render(
            "portal/citizen/account.html",
            account=account,
            links=links,
            can_link=account == self.hand and more.exists(),
            channels=CitizenAccount.Channel.choices,
            kinds=refusable(local_date(self.at)),
            unwanted=unwanted_by(account.applicant_id),
            representatives=list(account.representatives.acting_at(self.at))
            if account.is_organisation
            else [],
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        if reader.text("act") == "kinds":
            kinds = reader.several("unwanted")
            say_unwanted(applicant=self.citizen.applicant, kinds=kinds, actor_id=self.hand.pk, at=self.at)
            return self.done("Đã lưu những tin bạn không nhận.", "portal:citizen-account")
        values = {
            "email": reader.text("email", longest=254),
            "phone": reader.text("phone", longest=30),
            "channel": reader.text("channel", longest=10),
        }
        reader.check()
        change_contact(self.citizen, by=self.hand, at=self.at, **values)
        return self.done("Đã lưu cách liên hệ.", "portal:citizen-account")


class Linking(SignedInMixin, SigningIn):
    """Liên kết thêm cách đăng nhập."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.choose("", linking=True)


class Unlinking(MyPage):
    """Bỏ một cách đăng nhập."""

    public = True

    def post(self, request: HttpRequest, link_id: UUID) -> HttpResponse:
        link = unlink_provider(self.hand, link_id=link_id, at=self.at)
        return self.done(f"Đã bỏ liên kết với {link.provider_name}.", "portal:citizen-account")


class Devices(MyPage):
    """Thiết bị đang đăng nhập, và những lần đăng nhập gần đây."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        mine = self.hand.sessions.select_related("link", "level")
        rows = [
            (row, device_name(row.user_agent))
            for row in mine.open_at(self.at, self.at - idle()).order_by("-id")
        ]
        past = CitizenSession.objects.filter(account=self.hand, ended_at__isnull=False)
        return self.render(
            "portal/citizen/devices.html",
            rows=rows,
            here=self.session.pk,
            past=[
                (row, device_name(row.user_agent))
                for row in past.select_related("link").order_by("-id")[:PER_PAGE]
            ],
        )


class DeviceEnd(MyPage):
    """Đăng xuất một thiết bị khác."""

    public = True

    def post(self, request: HttpRequest, session_id: UUID) -> HttpResponse:
        end_session(self.hand, session_id=session_id, at=self.at)
        return self.done("Đã đăng xuất thiết bị đó.", "portal:citizen-devices")


class OtherDevicesEnd(MyPage):
    """Đăng xuất mọi thiết bị khác."""

    public = True

    def post(self, request: HttpRequest) -> HttpResponse:
        ended = end_other_sessions(self.hand, here=self.session.pk, at=self.at)
        return self.done(f"Đã đăng xuất {ended} thiết bị khác.", "portal:citizen-devices")


class ActingFor(MyPage):
    """Đang làm thay cho…: switch to an organisation and back."""

    public = True

    def post(self, request: HttpRequest) -> HttpResponse:
        given = request.POST.get("dai-dien", "")
        try:
            chosen = act_for(self.session, representative_id=UUID(given) if given else None, at=self.at)
        except ValueError as wrong:
            raise DomainError("Hãy chọn một tổ chức trong danh sách.") from wrong
        said = (
            f"Bạn đang làm thay cho {chosen.organisation.name}." if chosen else "Bạn đang làm cho chính mình."
        )
        return self.done(said, "portal:citizen-home")


class Representatives(MyPage):
    """Cử thêm người làm thay cho tổ chức."""

    public = True
    needs_level = SURE

    def get(self, request: HttpRequest) -> HttpResponse:
        if not self.citizen.is_organisation:
            return self.go("portal:citizen-mandates")
        return self.render(
            "portal/citizen/representatives.html",
            organisation=self.citizen,
            representatives=list(self.citizen.representatives.acting_at(self.at)),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        values = {
            "name": reader.text("name", required="Hãy nhập họ và tên người làm thay.", longest=200),
            "personal_number": reader.text("personal_number", required="Hãy nhập số định danh.", longest=20),
            "title": reader.text("title", required="Hãy ghi chức danh.", longest=120),
        }
        reader.check()
        made = name_representative(self.citizen, by=self.hand, at=self.at, **values)
        return self.done(f"{made.name} được làm thay từ bây giờ.", "portal:citizen-representatives")


class RepresentativeEnd(MyPage):
    """Thôi cho làm thay."""

    public = True
    needs_level = SURE

    def post(self, request: HttpRequest, representative_id: UUID) -> HttpResponse:
        ended = end_representative(
            self.citizen, representative_id=representative_id, by=self.hand, at=self.at
        )
        return self.done(f"{ended.name} thôi làm thay từ bây giờ.", "portal:citizen-representatives")


class WhoLooked(MyPage):
    """Ai đã xem dữ liệu của tôi, và việc tài khoản đã làm."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(
            "portal/citizen/looks.html",
            looks=looks_at(self.citizen.applicant),
            acts=acts_of(self.citizen),
            most=MOST_LOOKS,
        )
