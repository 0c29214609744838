"""Chứng thư số: whose they are, where their keys lie, until when; registering one, ending one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from motcua.core.ids import as_key
from motcua.core.time import local_date
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.notices.certificates import DAYS_AHEAD
from motcua.foundation.org.models import Agency
from motcua.foundation.signing.models import SigningIdentity
from motcua.foundation.signing.operations.importing import LARGEST, import_key, name_key, stop_using
from motcua.web.admin.base import AdminPage, history
from motcua.web.ui.forms import Reader

SIZE = 50
KINDS = [("OFFICER", "Một cá nhân"), ("AGENCY", "Cơ quan (con dấu)")]
KEEPERS = [
    ("FILE", "Tệp .p12, .pfx tải lên", "Hệ thống giữ khóa, mã hóa lại bằng mật khẩu của máy chủ."),
    ("TOKEN", "Thiết bị ký nối với máy chủ (PKCS#11)", "Khóa nằm trong thiết bị."),
    ("REMOTE", "Dịch vụ ký số từ xa", "Khóa ở nhà cung cấp; người ký xác nhận trên điện thoại."),
]


class CertificatePage(AdminPage):
    abstract = True
    section = "admin:certificates"
    permission = Permission.MANAGE_KEYS

    def seen(self) -> QuerySet[SigningIdentity]:
        """Of the agencies whose keys this person looks after; of no agency: from the top alone."""
        named = SigningIdentity.objects.select_related("user", "agency")
        mine = named.filter(agency__in=self.access.agencies(Permission.MANAGE_KEYS))
        if self.may_everywhere(Permission.MANAGE_KEYS):
            mine = mine | named.filter(agency=None)
        return mine

    def identity(self, identity_id: UUID) -> SigningIdentity:
        found = self.seen().filter(pk=identity_id).first()
        if found is None:
            raise self.missing("Không có chứng thư số này.")
        return found

    def days_left(self, identity: SigningIdentity) -> int:
        return (local_date(identity.valid_to) - self.today).days


class Certificates(CertificatePage):
    """Các chứng thư số: those that end soonest first; or what is over, the latest first. Sought by a holder's name."""

    def get(self, request: HttpRequest) -> HttpResponse:
        is_over, text = request.GET.get("muc") == "het", " ".join(request.GET.get("q", "").split())[:100]
        named = self.seen().filter(
            Q(user__full_name__icontains=text) | Q(user__username=text) | Q(agency__name__icontains=text)
        )
        found: Any = named if text else self.seen()
        found = found.over(self.at) if is_over else found.not_over(self.at)
        if mark := _mark(request.GET.get("after", "")):
            found = found.page_after(*mark, newest=is_over)
        order = ("-valid_to", "-pk") if is_over else ("valid_to", "pk")
        rows = list(found.order_by(*order)[: SIZE + 1])
        last = rows[SIZE - 1] if len(rows) > SIZE else None
        return self.render(
            "admin/certificates/index.html",
            q=text,
            is_over=is_over,
            rows=[(one, self.days_left(one)) for one in rows[:SIZE]],
            next=f"{last.valid_to.isoformat()}~{last.pk}" if last else "",
            soon=DAYS_AHEAD[0],
            ahead=DAYS_AHEAD,
            is_top=self.may_everywhere(Permission.MANAGE_KEYS),
        )


def _mark(after: str) -> tuple[datetime, UUID] | None:
    """Where the next page begins; an unreadable one is the first page."""
    moment, _, key = after.partition("~")
    try:
        read = datetime.fromisoformat(moment)
    except ValueError:
        return None
    last = as_key(key)
    return (read, last) if read.tzinfo and last else None


class NewCertificate(CertificatePage):
    """Đăng ký chứng thư số."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(
            "admin/certificates/new.html",
            kinds=KINDS,
            keepers=KEEPERS,
            agency_names=self.agency_names(self.access.agencies(Permission.MANAGE_KEYS)),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        kind = reader.choice("kind", [key for key, _ in KINDS], required="Hãy chọn chứng thư của ai.")
        agency = self.read_agency(reader, "agency", required="Hãy chọn cơ quan.")
        officer = self.officer(reader) if kind == "OFFICER" else None
        keeper = reader.choice("keeper", [key for key, *_ in KEEPERS], required="Hãy chọn khóa nằm ở đâu.")
        if keeper == "FILE" and not request.FILES.get("file"):
            reader.refuse("file", "Hãy chọn tệp .p12 hoặc .pfx.")
        if keeper in {"TOKEN", "REMOTE"} and not request.FILES.get("certificate"):
            reader.refuse("certificate", "Hãy chọn tệp chứng thư.")
        reader.check()
        assert agency is not None  # noqa: S101  check has refused an empty one
        made = self.register(reader, keeper, agency, officer)
        return self.done(
            f"Đã đăng ký chứng thư số của {made.holder_name}, dùng đến {local_date(made.valid_to):%d/%m/%Y}.",
            "admin:certificate",
            made.pk,
        )

    def register(self, reader: Reader, keeper: str, agency: Agency, officer: User | None) -> SigningIdentity:
        given: dict[str, Any] = {"agency": agency, "officer": officer, "by": self.user, "at": self.at}
        if keeper == "FILE":
            return import_key(
                content=self.upload("file"), password=self.request.POST.get("password", ""), **given
            )
        return name_key(
            certificate=self.upload("certificate"), chain=self.upload("chain"), keeper=keeper,
            key_name=reader.text("key_name", longest=200), **given,
        )  # fmt: skip

    def upload(self, name: str) -> bytes:
        """What was uploaded; more than any certificate holds is cut, and refused as unreadable."""
        file = self.request.FILES.get(name)
        return file.read(LARGEST + 1) if file else b""

    def officer(self, reader: Reader) -> User | None:
        name = reader.text("username", required="Hãy ghi tên đăng nhập của người ký.", longest=60)
        found = User.objects.filter(username=name, is_active=True).first()
        if name and found is None:
            reader.refuse("username", f"Không có tài khoản nào tên “{name}” đang hoạt động.")
        return found


class ShowCertificate(CertificatePage):
    """Một chứng thư số, and ending its use."""

    def get(self, request: HttpRequest, identity_id: UUID) -> HttpResponse:
        one = self.identity(identity_id)
        return self.render(
            "admin/certificates/show.html",
            one=one,
            left=self.days_left(one),
            is_usable=one.valid_from <= self.at < one.valid_to and one.revoked_at is None,
            history=history(one.pk),
        )

    def post(self, request: HttpRequest, identity_id: UUID) -> HttpResponse:
        one = self.identity(identity_id)
        reader = self.read()
        reason = reader.text("reason", required="Hãy ghi lý do ngừng dùng.", longest=300)
        reader.check()
        stop_using(identity_id=one.pk, reason=reason, by=self.user, at=self.at)
        return self.done(f"Đã ngừng dùng chứng thư số của {one.holder_name}.", "admin:certificate", one.pk)
