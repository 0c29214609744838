"""The refusal of the domain: one base class, a Vietnamese sentence that says what to do next."""

from __future__ import annotations


class DomainError(Exception):
    """Từ chối của nghiệp vụ: an act that the rules forbid, said in plain Vietnamese.

    `field` names the input that caused it, when there is one, so that a page can show the sentence beside it.
    `legal` is a key of docs/legal/sources.toml with the article, when a law forbids the act.
    """

    def __init__(self, message: str, *, field: str = "", legal: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.legal = legal


class Forbidden(DomainError):
    """Không có quyền: the person may not do this here."""


class Stale(DomainError):
    """Trang đã cũ: somebody else has acted since the page was shown."""


class InvalidInput(DomainError):
    """Dữ liệu chưa hợp lệ: several fields at once. `errors` maps a field's name to its sentence."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(" ".join(errors.values()), field=next(iter(errors), ""))
        self.errors = errors
