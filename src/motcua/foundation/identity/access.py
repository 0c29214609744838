"""Ai được làm gì, ở đâu: one answer for every page and every operation, deny by default.

A user's grants (posts held, and posts of others delegated to them) are read in one query, with every validity, and
kept on the user object; `access_of` then picks those of the day. So a request asks the database once, and a replay of
a year asks it once too.
"""

from __future__ import annotations

import json
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import connection

from motcua.core.errors import Forbidden
from motcua.core.time import local_date
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import Agency, Scope, TreeVersion
from motcua.foundation.org.tree import Tree, tree

MEMO = "_access_memo"
USER_FIELDS = tuple(field.attname for field in User._meta.concrete_fields)  # noqa: SLF001  Django's public API
# One row per grant, and one row with no grant for a user who has none.
_GRANTS = """
    SELECT {columns}, (SELECT version FROM org_treeversion WHERE id = 1),
           post.id, post.title, post.agency_id, agency.name, role.code, role.permissions, role.scope,
           role.needs_second_factor,
           greatest(held.valid_from, post.valid_from), least(held.valid_to, post.valid_to),
           held.giver_id, held.giver_name, held.withdrawn_at
    FROM {person}
    LEFT JOIN LATERAL (
        SELECT post_id, valid_from, valid_to, NULL::uuid AS giver_id, NULL AS giver_name,
               NULL::timestamptz AS withdrawn_at
        FROM identity_membership WHERE user_id = person.id
        UNION ALL
        SELECT given.post_id, greatest(given.valid_from, seat.valid_from), least(given.valid_to, seat.valid_to),
               given.giver_id, giver.full_name, given.withdrawn_at
        FROM identity_delegation given
        JOIN identity_user giver ON giver.id = given.giver_id AND giver.is_active
        JOIN identity_membership seat ON seat.user_id = given.giver_id AND seat.post_id = given.post_id
        WHERE given.receiver_id = person.id
    ) held ON true
    LEFT JOIN org_post post ON post.id = held.post_id
    LEFT JOIN org_agency agency ON agency.id = post.agency_id
    LEFT JOIN org_role role ON role.id = post.role_id
    WHERE {wanted}
"""
_USER = ", ".join(f"person.{name}" for name in USER_FIELDS)
GRANTS = _GRANTS.format(columns=_USER, person="identity_user person", wanted="person.id = %s")
GRANTS_OF_SESSION = _GRANTS.format(
    columns=f"session.id, session.data, session.last_seen_at, {_USER}",
    person="identity_staffsession session LEFT JOIN identity_user person ON person.id = session.user_id",
    wanted="session.key_digest = %s AND session.expires_at > %s",
)
_just_read: ContextVar[User | None] = ContextVar("just_read", default=None)


@dataclass(frozen=True, slots=True)
class Grant:
    """Một vị trí mà người dùng được hành động: their own, or (`giver_id`) one that is delegated to them."""

    post_id: int
    title: str
    agency_id: int
    agency_name: str
    role: str
    permissions: frozenset[str]
    scope: str
    needs_second_factor: bool
    valid_from: date
    valid_to: date | None
    giver_id: UUID | None = None
    giver_name: str | None = None
    withdrawn_at: datetime | None = None

    def holds(self, day: date, at: datetime) -> bool:
        return (
            self.valid_from <= day
            and (self.valid_to is None or day <= self.valid_to)
            and (self.withdrawn_at is None or at < self.withdrawn_at)
        )


class Access:
    """Quyền của một người tại một thời điểm."""

    def __init__(self, grants: tuple[Grant, ...], tree: Tree, version: UUID | None = None) -> None:
        self.grants = grants
        self.version = version  # of the tree and of what is offered in it, when the grants were read
        self._tree = tree
        self._where: dict[str, frozenset[int]] = {}

    def where(self, permission: str) -> frozenset[int]:
        """Keys of the agencies where the permission holds."""
        known = self._where.get(permission)
        if known is None:
            reached = (
                self._tree.reach(grant.agency_id, grant.scope)
                for grant in self.grants
                if permission in grant.permissions
            )
            known = self._where[permission] = frozenset().union(*reached)
        return known

    def agencies(self, permission: str) -> list[int]:
        """Các cơ quan nơi có quyền, in a stable order for SQL."""
        return sorted(self.where(permission))

    def may(self, permission: str, agency_id: int | None = None) -> bool:
        """Có quyền tại cơ quan này; with no agency: anywhere at all."""
        if agency_id is None:
            return any(permission in grant.permissions for grant in self.grants)
        return agency_id in self.where(permission)

    def roles(self, agency_id: int | None = None) -> set[str]:
        """Mã vai trò mà người này mang tại cơ quan; with no agency: all of them."""
        return {
            grant.role
            for grant in self.grants
            if agency_id is None or agency_id in self._tree.reach(grant.agency_id, grant.scope)
        }

    def stands_for(self, giver_id: UUID, role: str, agency_id: int) -> bool:
        """Được người này ủy quyền trong vai trò ấy, at that agency."""
        return any(
            grant.giver_id == giver_id
            and grant.role == role
            and agency_id in self._tree.reach(grant.agency_id, grant.scope)
            for grant in self.grants
        )

    @property
    def houses(self) -> frozenset[int]:
        """The agencies that this person's own posts stand for, with their internal units: where colleagues sit."""
        own = (grant.agency_id for grant in self.grants if grant.giver_id is None)
        return frozenset().union(*(self._tree.reach(agency_id, Scope.OWN) for agency_id in own))

    def acting_for(self, permission: str, agency_id: int) -> UUID | None:
        """Người đã ủy quyền, when the permission holds here only by delegation."""
        givers = [
            grant.giver_id
            for grant in self.grants
            if permission in grant.permissions and agency_id in self._tree.reach(grant.agency_id, grant.scope)
        ]
        return givers[0] if givers and None not in givers else None

    def require(self, permission: str, agency_id: int | None = None) -> None:
        """Raises Forbidden, in words, unless the permission holds."""
        if not self.may(permission, agency_id):
            act = Permission(permission).label.lower()
            where = " tại cơ quan này" if agency_id is not None and self.may(permission) else ""
            raise Forbidden(
                f"Bạn chưa được giao quyền {act}{where}. Hãy liên hệ quản trị hệ thống nếu bạn cần quyền này."
            )

    @property
    def needs_second_factor(self) -> bool:
        """Any of the posts of today signs or administers."""
        return any(grant.needs_second_factor for grant in self.grants)


NOTHING = Access((), Tree())


class _Memo:
    """What is known of one user object: every grant, and the answers for the moments that were asked."""

    def __init__(self, grants: tuple[Grant, ...], version: UUID | None) -> None:
        self.grants = grants
        self.version = version
        self.may_be_withdrawn = any(grant.withdrawn_at for grant in grants)
        self.answers: dict[date | datetime, Access] = {}

    def access(self, at: datetime) -> Access:
        day = local_date(at)
        moment = at if self.may_be_withdrawn else day
        if moment not in self.answers:
            valid = tuple(grant for grant in self.grants if grant.holds(day, at))
            self.answers[moment] = Access(valid, tree(self.version), self.version) if valid else NOTHING
        return self.answers[moment]


def access_of(user: User | AnonymousUser | None, at: datetime) -> Access:
    """Quyền của người dùng lúc `at`. At most one query for the life of the user object."""
    if user is None or not user.is_authenticated or not user.is_active:
        return NOTHING
    memo: _Memo | None = getattr(user, MEMO, None)  # not __dict__: a request's user is a lazy proxy
    if memo is None:
        memo = _memo(_read(user.pk))
        setattr(user, MEMO, memo)
    return memo.access(at)


def house_of(agency_id: int) -> frozenset[int]:
    """Cả nhà: the agency with its internal units, whose people act in its name."""
    version = TreeVersion.objects.values_list("version", flat=True).first()
    return tree(version).reach(agency_id, Scope.OWN)


def forget_access(user: User) -> None:
    """Read the grants again at the next question: after a membership or a delegation has changed."""
    setattr(user, MEMO, None)


def load_user(user_id: UUID) -> User | None:
    """The user with the grants, in one query."""
    user = _just_read.get()
    _just_read.set(None)
    if user is not None and user.pk == user_id:
        return user
    rows = _read(user_id)
    return _made(rows) if rows else None


def load_session(key_digest: str, at: datetime) -> tuple[UUID, dict[str, Any], datetime] | None:
    """A living session: its key, content and last use. Its user, read by the same query, is kept for `load_user`.

    A request asks for its session first and for its user at once after that, so what is kept is never of another one.
    """
    _just_read.set(None)
    with connection.cursor() as cursor:
        cursor.execute(GRANTS_OF_SESSION, [key_digest, at])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    if not rows:
        return None
    session_id, data, last_seen_at, *_ = rows[0]
    found = [row[3:] for row in rows]
    if found[0][USER_FIELDS.index("id")] is not None:
        _just_read.set(_made(found))
    return session_id, json.loads(data), last_seen_at


def _made(rows: list[tuple[Any, ...]]) -> User:
    user = User.from_db("default", USER_FIELDS, rows[0][: len(USER_FIELDS)])
    setattr(user, MEMO, _memo(rows))
    return user


def _read(user_id: UUID) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(GRANTS, [user_id])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _memo(rows: list[tuple[Any, ...]]) -> _Memo:
    start = len(USER_FIELDS)
    grants = (_grant(row[start + 1 :]) for row in rows if row[start + 1] is not None)
    return _Memo(tuple(grants), rows[0][start] if rows else None)


def _grant(row: tuple[Any, ...]) -> Grant:
    post_id, title, agency_id, agency_name, role, permissions, *rest = row
    return Grant(post_id, title, agency_id, agency_name, role, frozenset(permissions), *rest)


def may_everywhere(access: Access, permission: Permission, on: date) -> bool:
    """Whether the permission reaches every living root: what is shared by all is changed from the top."""
    reached = access.where(permission)
    roots = Agency.objects.valid_on(on).filter(parent=None).values_list("pk", flat=True)
    return bool(reached) and reached.issuperset(roots)


def require_everywhere(access: Access, permission: Permission, on: date) -> None:
    """Raises Forbidden, in words, unless the permission holds at every living root."""
    access.require(permission)
    if not may_everywhere(access, permission, on):
        raise Forbidden("Việc này tác động tới mọi cơ quan nên chỉ quản trị ở cơ quan cao nhất mới làm được.")
