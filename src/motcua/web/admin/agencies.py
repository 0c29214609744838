"""Cơ quan: the tree as of a day, and the dated acts on one agency, its one-stop units and its posts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse

from motcua.core.errors import DomainError
from motcua.core.text import sort_key
from motcua.foundation.identity.models import Membership
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.changes import first_kinds
from motcua.foundation.org.models import (
    Agency,
    AgencyKind,
    AgencyName,
    Level,
    OneStopUnit,
    Placement,
    Post,
    Role,
    Share,
)
from motcua.foundation.org.operations import agencies as acts
from motcua.foundation.org.operations import posts
from motcua.foundation.org.querysets import valid_on
from motcua.service.dossiers.models import Dossier
from motcua.web.admin.base import AdminPage, chosen_day, history, is_open_on
from motcua.web.ui.forms import Reader

MOST_FOUND = 50
MOST_SUCCESSORS = 6
NEEDS_DAY = "Hãy nhập ngày."


@dataclass
class Node:
    """Một nút của cây: an agency as it stood that day."""

    agency: Agency
    name: str
    kind: str
    children: list[Node] = field(default_factory=list)


class AgencyActs(AdminPage):
    """Every act on an agency is asked for that agency."""

    abstract = True
    section = "admin:agencies"
    permission: ClassVar[Permission | None] = Permission.MANAGE_ORG

    def mine(self, agency_id: int) -> Agency:
        agency = self.agency_or_missing(agency_id)
        self.access.require(Permission.MANAGE_ORG, agency.pk)
        return agency

    def required_day(self, reader: Reader, name: str) -> date:
        """The day, after which `reader.check()` has nothing to say of it."""
        return reader.day(name, required=NEEDS_DAY) or self.today

    def require_parent(self, parent: Agency | None) -> None:
        """An agency is put only under one that this person administers; a root, only by who administers all."""
        if parent is None:
            self.require_everywhere(Permission.MANAGE_ORG)
        else:
            self.access.require(Permission.MANAGE_ORG, parent.pk)


class Agencies(AgencyActs):
    permission = None
    any_of = (Permission.MANAGE_ORG, Permission.MANAGE_STAFF)

    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "").strip()
        on = chosen_day(request.GET.get("on", ""), self.today)
        found = list(Agency.objects.called(text).select_related("parent")[:MOST_FOUND]) if text else []
        kinds = kind_names()
        return self.render(
            "admin/agencies/index.html",
            q=text,
            on=on,
            found=[(agency, kinds.get(agency.kind, agency.kind)) for agency in found],
            tree=[] if text else tree_on(on),
            may_found=self.access.may(Permission.MANAGE_ORG),
        )


class AgencyPage(AgencyActs):
    permission = None
    any_of = (Permission.MANAGE_ORG, Permission.MANAGE_STAFF)

    def get(self, request: HttpRequest, agency_id: int) -> HttpResponse:
        agency = self.agency_or_missing(agency_id)
        held = Membership.objects.valid_on(self.today).select_related("user")
        rows = agency.posts.select_related("role").prefetch_related(
            Prefetch("memberships", queryset=held, to_attr="held")
        )
        listed = sorted(rows, key=lambda post: (post.role.position, sort_key(post.title)))
        below = Agency.objects.valid_on(self.today).filter(parent=agency)
        return self.render(
            "admin/agencies/show.html",
            agency=agency,
            kind=kind_names().get(agency.kind, agency.kind),
            above=list(Agency.objects.above(agency)),
            below=sorted(below, key=lambda one: sort_key(one.name)),
            names=list(agency.names.all()),
            placements=list(agency.placements.select_related("parent")),
            successions=list(agency.successions.select_related("successor")),
            origins=list(agency.origins.select_related("predecessor")),
            units=list(agency.units.order_by("valid_from")),
            posts=[post for post in listed if is_open_on(post, self.today)],
            past_posts=[post for post in listed if not is_open_on(post, self.today)],
            history=history(agency.uid),
            is_living=is_open_on(agency, self.today),
            may_change=self.access.may(Permission.MANAGE_ORG, agency.pk),
            may_staff=self.access.may(Permission.MANAGE_STAFF, agency.pk),
        )


class NewAgency(AgencyActs):
    def get(self, request: HttpRequest) -> HttpResponse:
        parent = request.GET.get("parent", "")
        above = Agency.objects.filter(pk=parent if parent.isdecimal() else 0).first()
        return self.render(
            "admin/agencies/new.html",
            kinds=list(kind_names().items()),
            levels=[(level.code, level.name) for level in Level.objects.filter(valid_on(self.today))],
            parent=f"{above.name} ({above.code})" if above else "",
            agency_list=self.agency_names(self.access.agencies(Permission.MANAGE_ORG)),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        parent = self.read_agency(reader, "parent")
        kind = reader.choice("kind", list(kind_names()), required="Hãy chọn loại cơ quan.")
        level = reader.choice("level", list(Level.objects.values_list("code", flat=True)))
        values = {
            "code": reader.text("code", required="Hãy nhập mã cơ quan.", longest=40),
            "name": reader.text("name", required="Hãy nhập tên cơ quan.", longest=250),
            **contact(reader),
        }
        first = self.required_day(reader, "valid_from")
        reader.check()
        self.require_parent(parent)
        agency = acts.create_agency(
            **values,
            kind=kind,
            level=Level.objects.filter(code=level).first() if level else None,
            parent=parent,
            valid_from=first,
            by=self.user,
            at=self.at,
        )
        return self.done(f"Đã thành lập {agency.name}.", "admin:agency", agency.pk)


class Renaming(AgencyActs):
    def get(self, request: HttpRequest, agency_id: int) -> HttpResponse:
        return self.render("admin/agencies/rename.html", agency=self.mine(agency_id))

    def post(self, request: HttpRequest, agency_id: int) -> HttpResponse:
        agency, reader = self.mine(agency_id), self.read()
        name = reader.text("name", required="Hãy nhập tên mới.", longest=250)
        on = self.required_day(reader, "on")
        reader.check()
        acts.rename_agency(agency, name=name, on=on, by=self.user, at=self.at)
        return self.done(f"Từ {on:%d/%m/%Y} cơ quan mang tên {name}.", "admin:agency", agency_id)


class Move(AgencyActs):
    def get(self, request: HttpRequest, agency_id: int) -> HttpResponse:
        return self.render(
            "admin/agencies/move.html",
            agency=self.mine(agency_id),
            agency_list=self.agency_names(self.access.agencies(Permission.MANAGE_ORG)),
        )

    def post(self, request: HttpRequest, agency_id: int) -> HttpResponse:
        agency, reader = self.mine(agency_id), self.read()
        parent = self.read_agency(reader, "parent", required="Hãy chọn cơ quan cấp trên mới.")
        on = self.required_day(reader, "on")
        reader.check()
        self.require_parent(parent)
        acts.move_agency(agency, parent=parent, on=on, by=self.user, at=self.at)
        return self.done(f"Từ {on:%d/%m/%Y} cơ quan trực thuộc {parent}.", "admin:agency", agency_id)


class Description(AgencyActs):
    def get(self, request: HttpRequest, agency_id: int) -> HttpResponse:
        return self.render("admin/agencies/describe.html", agency=self.mine(agency_id))

    def post(self, request: HttpRequest, agency_id: int) -> HttpResponse:
        agency, reader = self.mine(agency_id), self.read()
        values = contact(reader)
        reader.check()
        acts.describe_agency(agency, **values, by=self.user, at=self.at)
        return self.done("Đã sửa thông tin liên hệ.", "admin:agency", agency_id)


class Closing(AgencyActs):
    def get(self, request: HttpRequest, agency_id: int) -> HttpResponse:
        agency = self.mine(agency_id)
        living = Agency.objects.valid_on(self.today).filter(parent=agency)
        return self.render(
            "admin/agencies/close.html",
            agency=agency,
            below=sorted(living, key=lambda one: sort_key(one.name)),
            units=agency.units.valid_on(self.today).count(),  # type: ignore[attr-defined]
            posts=agency.posts.valid_on(self.today).count(),  # type: ignore[attr-defined]
            shares=Share.choices,
            open_dossiers=Dossier.objects.open().at_agency(agency.pk).count(),
            rows=range(MOST_SUCCESSORS),
            agency_list=[name for name in self.agency_names() if f"({agency.code})" not in name],
        )

    def post(self, request: HttpRequest, agency_id: int) -> HttpResponse:
        agency, reader = self.mine(agency_id), self.read()
        on = self.required_day(reader, "on")
        heirs: list[tuple[Agency, str]] = []
        for place in range(MOST_SUCCESSORS):
            heir = self.read_agency(reader, f"successor-{place}")
            share = reader.choice(f"share-{place}", Share.values) or Share.WHOLE
            if heir and heir.pk in {known.pk for known, _ in heirs}:
                reader.refuse(f"successor-{place}", f"{heir.name} đã được chọn ở dòng trên.")
            elif heir and heir.pk == agency.pk:
                reader.refuse(f"successor-{place}", "Cơ quan không thể kế thừa chính nó.")
            elif heir:
                heirs.append((heir, share))
        if not heirs and not reader.is_ticked("no_heir") and not reader.errors:
            reader.refuse(
                "successor-0",
                "Hãy chọn cơ quan kế thừa. Không có thì đánh dấu ô bên dưới: hồ sơ cũ sẽ không còn nơi giữ.",
            )
        reader.check()
        acts.close_agency(agency, on=on, successors=heirs, by=self.user, at=self.at)
        return self.done(f"{agency.name} không còn hoạt động từ {on:%d/%m/%Y}.", "admin:agency", agency_id)


class NewUnit(AgencyActs):
    def get(self, request: HttpRequest, agency_id: int) -> HttpResponse:
        return self.render("admin/agencies/unit.html", agency=self.mine(agency_id))

    def post(self, request: HttpRequest, agency_id: int) -> HttpResponse:
        agency, reader = self.mine(agency_id), self.read()
        code = reader.text("code", required="Hãy nhập mã.", longest=40)
        name = reader.text("name", required="Hãy nhập tên.", longest=250)
        address, phone = reader.text("address", longest=250), reader.text("phone", longest=20)
        first = self.required_day(reader, "valid_from")
        reader.check()
        posts.open_unit(
            agency=agency, code=code, name=name, address=address, phone=phone, valid_from=first, by=self.user, at=self.at
        )  # fmt: skip
        return self.done(f"Đã lập {name}.", "admin:agency", agency_id)


class NewPost(AgencyActs):
    def get(self, request: HttpRequest, agency_id: int) -> HttpResponse:
        return self.render(
            "admin/agencies/post.html",
            agency=self.mine(agency_id),
            roles=[(role.code, role.name, role_in_words(role)) for role in Role.objects.living()],
        )

    def post(self, request: HttpRequest, agency_id: int) -> HttpResponse:
        agency, reader = self.mine(agency_id), self.read()
        roles = {role.code: role for role in Role.objects.living()}
        title = reader.text("title", required="Hãy nhập chức danh.", longest=150)
        code = reader.choice("role", list(roles), required="Hãy chọn vai trò.")
        first = self.required_day(reader, "valid_from")
        reader.check()
        posts.open_post(
            agency=agency, title=title, role=roles[code], valid_from=first, by=self.user, at=self.at
        )
        return self.done(f"Đã lập vị trí {title}.", "admin:agency", agency_id)


class Ending(AgencyActs):
    """Kết thúc một vị trí hoặc một Bộ phận Một cửa: `kind` of the address says which."""

    def get(self, request: HttpRequest, agency_id: int, kind: str, row_id: int) -> HttpResponse:
        agency = self.mine(agency_id)
        row = self._row(agency, kind, row_id)
        held = (
            Membership.objects.valid_on(self.today).filter(post=row.pk).select_related("user")
            if isinstance(row, Post)
            else []
        )
        return self.render(
            "admin/agencies/end.html",
            agency=agency,
            title=row.title if isinstance(row, Post) else row.name,
            held=[membership.user for membership in held],
            row=row,
        )

    def post(self, request: HttpRequest, agency_id: int, kind: str, row_id: int) -> HttpResponse:
        agency, reader = self.mine(agency_id), self.read()
        row = self._row(agency, kind, row_id)
        on = self.required_day(reader, "on")
        reader.check()
        if not is_open_on(row, self.today):
            raise DomainError(f"Đã kết thúc từ sau ngày {row.valid_to:%d/%m/%Y}.")
        if isinstance(row, Post):
            posts.close_post(row, on=on, by=self.user, at=self.at)
        else:
            posts.close_unit(row, on=on, by=self.user, at=self.at)
        return self.done(f"Đã kết thúc từ {on:%d/%m/%Y}.", "admin:agency", agency_id)

    def _row(self, agency: Agency, kind: str, row_id: int) -> Post | OneStopUnit:
        rows: Any = agency.posts if kind == "vi-tri" else agency.units
        found: Post | OneStopUnit | None = rows.filter(pk=row_id).first()
        if found is None:
            raise self.missing("Cơ quan không có mục này.")
        return found


def contact(reader: Reader) -> dict[str, str]:
    return {
        "address": reader.text("address", longest=250),
        "phone": reader.text("phone", longest=20),
        "email": reader.text("email", longest=200),
    }


def kind_names() -> dict[str, str]:
    first_kinds()
    return dict(AgencyKind.objects.values_list("code", "name"))


def role_in_words(role: Role) -> str:
    allowed = [Permission(code).label for code in role.permissions if code in Permission.values]
    return f"{role.get_scope_display()}: {', '.join(allowed).lower()}."


def tree_on(day: date) -> list[Node]:
    """The roots of the tree as it stood that day, each with its branches, under the names of that day."""
    names = dict(AgencyName.objects.valid_on(day).values_list("agency_id", "name"))
    parents = dict(Placement.objects.valid_on(day).values_list("agency_id", "parent_id"))
    kinds = {kind.code: kind for kind in AgencyKind.objects.all()}
    nodes = {
        agency.pk: Node(
            agency,
            names.get(agency.pk, agency.name),
            kinds[agency.kind].name if agency.kind in kinds else agency.kind,
        )
        for agency in Agency.objects.valid_on(day)
    }
    roots: list[Node] = []
    for key, node in nodes.items():
        above = nodes.get(parents.get(key) or 0)
        (above.children if above else roots).append(node)

    def order(node: Node) -> tuple[int, Any]:
        kind = kinds.get(node.agency.kind)
        return kind.position if kind else 99, sort_key(node.name)

    for node in nodes.values():
        node.children.sort(key=order)
    return sorted(roots, key=order)
