"""Quyền: every act that a post may allow. What a role does not name, it does not allow."""

from __future__ import annotations

from django.db import models


class Permission(models.TextChoices):
    """Quyền."""

    RECEIVE = "RECEIVE", "Tiếp nhận hồ sơ"
    TRANSFER = "TRANSFER", "Chuyển hồ sơ"
    RETURN = "RETURN", "Trả kết quả"
    ASSIGN = "ASSIGN", "Phân công"
    PROCESS = "PROCESS", "Thụ lý hồ sơ"
    REVIEW = "REVIEW", "Xem xét, trình ký"
    SIGN = "SIGN", "Ký kết quả"
    ISSUE = "ISSUE", "Vào sổ, phát hành"
    REOPEN = "REOPEN", "Mở lại hồ sơ đã dừng"
    SEE = "SEE", "Xem hồ sơ"
    SEE_PERSONAL = "SEE_PERSONAL", "Xem đủ số định danh cá nhân"
    MANAGE_ORG = "MANAGE_ORG", "Quản lý cơ quan"
    MANAGE_STAFF = "MANAGE_STAFF", "Quản lý nhân sự"
    MANAGE_CALENDARS = "MANAGE_CALENDARS", "Quản lý lịch làm việc"
    MANAGE_PROCEDURES = "MANAGE_PROCEDURES", "Quản lý thủ tục"
    MANAGE_WORKFLOWS = "MANAGE_WORKFLOWS", "Soạn quy trình nội bộ"
    PUBLISH_WORKFLOWS = "PUBLISH_WORKFLOWS", "Ban hành quy trình nội bộ"
    CONTROL = "CONTROL", "Kiểm soát việc giải quyết"
    MANAGE_QUEUE = "MANAGE_QUEUE", "Tổ chức hàng chờ"
    MANAGE_FORMS = "MANAGE_FORMS", "Quản lý biểu mẫu, giấy tờ"
    MANAGE_KEYS = "MANAGE_KEYS", "Quản lý chứng thư số"
    RECONCILE = "RECONCILE", "Đối soát thu, chi, hoàn tiền"
    READ_LEDGER = "READ_LEDGER", "Đọc nhật ký"
    WATCH_INTEGRITY = "WATCH_INTEGRITY", "Theo dõi toàn vẹn dữ liệu"
    MEND_INTEGRITY = "MEND_INTEGRITY", "Sửa sai lệch dữ liệu"


P = Permission
GROUPS: tuple[tuple[str, tuple[Permission, ...]], ...] = (
    ("Tại Một cửa", (P.RECEIVE, P.TRANSFER, P.RETURN, P.MANAGE_QUEUE)),
    ("Giải quyết hồ sơ", (P.ASSIGN, P.PROCESS, P.REVIEW, P.SIGN, P.ISSUE, P.REOPEN)),
    ("Xem", (P.SEE, P.SEE_PERSONAL)),
    ("Kiểm soát, giám sát", (P.CONTROL, P.RECONCILE, P.READ_LEDGER, P.WATCH_INTEGRITY, P.MEND_INTEGRITY)),
    (
        "Quản trị",
        (
            P.MANAGE_ORG, P.MANAGE_STAFF, P.MANAGE_CALENDARS, P.MANAGE_PROCEDURES, P.MANAGE_WORKFLOWS,
            P.PUBLISH_WORKFLOWS, P.MANAGE_FORMS, P.MANAGE_KEYS,
        ),
    ),
)  # fmt: skip


def in_groups() -> list[tuple[str, list[Permission]]]:
    """Mọi quyền theo nhóm; what no group names stands in a last one, so that none is ever hidden."""
    named = {permission for _, permissions in GROUPS for permission in permissions}
    others = [permission for permission in Permission if permission not in named]
    return [(name, list(permissions)) for name, permissions in GROUPS] + (
        [("Khác", others)] if others else []
    )
