"""Việc được làm: the one lawful next act of a dossier for this person, and the rest behind a menu."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from motcua.core.errors import DomainError
from motcua.foundation.identity.access import Access
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.operations.apologising import WORKERS
from motcua.service.dossiers.operations.correcting import may_find_wrong
from motcua.service.dossiers.operations.keeping import may_prioritise
from motcua.service.dossiers.operations.moving import recallable, returnable
from motcua.service.dossiers.operations.pausing import may_pause, may_resume
from motcua.service.dossiers.operations.reminding import WATCHERS, may_remind
from motcua.service.dossiers.operations.steps import agency_of, is_for
from motcua.service.dossiers.operations.stopping import may_reopen
from motcua.service.dossiers.operations.supplementing import may_ask
from motcua.service.dossiers.states import (
    ASK_SUPPLEMENT,
    ASSIGN,
    AT_WORK,
    CONSULT,
    CORRECT,
    FIND_WRONG,
    ISSUE,
    PAUSE,
    PROPOSE,
    REOPEN,
    RESUME,
    REVIEW,
    SEND_BACK,
    SIGN,
    State,
)
from motcua.service.workflows.blueprint import StepKind
from motcua.service.workflows.models import Task
from motcua.service.workflows.operations.running import compiled_of


class NotNow(DomainError):
    """Việc này không phải của người này lúc này."""


@dataclass(frozen=True, slots=True)
class Act:
    """Một việc. `is_short`: pressing it is doing it; the others ask for something first."""

    key: str  # also the name of its route
    label: str
    icon: str
    fields: str  # the template of what it asks
    title: str = ""  # of its own page, when the label is too short for one
    is_short: bool = False


ACTS = {
    act.key: act
    for act in (
        Act("claim", "Nhận việc", "hand-index-thumb", "desk/acts/_claim.html", is_short=True),
        Act("assignment", "Phân công", "person-plus", "desk/acts/_assignment.html", "Phân công thụ lý"),
        Act("proposal", "Trình kết quả", "send", "desk/acts/_proposal.html", "Trình kết quả thẩm định"),
        Act("consultations", "Lấy ý kiến", "chat-dots", "desk/acts/_consultations.html", "Lấy ý kiến cơ quan khác"),
        Act("review", "Đồng ý, trình ký", "check2-circle", "desk/acts/_review.html", "Xem xét, trình ký", is_short=True),
        Act("signature", "Ký", "pen", "desk/acts/_signature.html", "Ký kết quả", is_short=True),
        Act(
            "return-to-work", "Trả lại", "arrow-counterclockwise", "desk/acts/_return-to-work.html",
            "Trả lại để thẩm định thêm",
        ),
        Act("issue", "Phát hành", "journal-check", "desk/acts/_issue.html", "Vào sổ, phát hành kết quả"),
        Act("skip", "Bỏ qua bước", "skip-forward", "desk/acts/_skip.html", "Bỏ qua bước này"),
        Act("back", "Trả về bước trước", "arrow-left-circle", "desk/acts/_back.html"),
        Act("recall", "Thu hồi", "arrow-return-left", "desk/acts/_recall.html", "Thu hồi việc vừa chuyển"),
        Act(
            "supplement", "Yêu cầu bổ sung", "file-earmark-plus", "desk/acts/_supplement.html",
            "Yêu cầu bổ sung hồ sơ",
        ),
        Act("pause", "Tạm dừng tính giờ", "pause-circle", "desk/acts/_pause.html", "Tạm dừng tính thời hạn"),
        Act("resume", "Tính tiếp thời hạn", "play-circle", "desk/acts/_resume.html"),
        Act("reopening", "Mở lại hồ sơ", "arrow-clockwise", "desk/acts/_reopening.html"),
        Act("holder", "Chuyển người xử lý", "people", "desk/acts/_holder.html"),
        Act("apology", "Xin lỗi, hẹn lại", "envelope-paper", ""),
        Act("wrong-result", "Ghi nhận kết quả sai", "eraser", ""),
        Act("correction", "Ký kết quả đã sửa", "pen", ""),
        Act("reminder", "Nhắc", "bell", "desk/acts/_reminder.html", "Nhắc người đang giữ"),
        Act("priority", "Đổi mức ưu tiên", "flag", "desk/acts/_priority.html"),
    )
}  # fmt: skip
STEP_ACTS: dict[str, tuple[str, Permission]] = {
    StepKind.ASSIGN: ("assignment", Permission.ASSIGN),
    StepKind.REVIEW: ("review", Permission.REVIEW),
    StepKind.SIGN: ("signature", Permission.SIGN),
    StepKind.ISSUE: ("issue", Permission.ISSUE),
}
BULK = (
    ("claim", (Permission.PROCESS, Permission.REVIEW, Permission.SIGN, Permission.ISSUE)),
    ("assignment", (Permission.ASSIGN,)),
    ("review", (Permission.REVIEW,)),
    ("signature", (Permission.SIGN,)),
    ("return-to-work", (Permission.REVIEW, Permission.SIGN)),
    ("issue", (Permission.ISSUE,)),
    ("reminder", WATCHERS),
)
MOVES = {  # the line of the table of moves behind each act that has one of its own
    "assignment": ASSIGN, "proposal": PROPOSE, "consultations": CONSULT, "review": REVIEW, "signature": SIGN,
    "return-to-work": SEND_BACK, "issue": ISSUE, "supplement": ASK_SUPPLEMENT, "pause": PAUSE, "resume": RESUME,
    "reopening": REOPEN,
}  # fmt: skip
BULK_KEYS = frozenset(key for key, _ in BULK)


@dataclass(frozen=True)
class Choice:
    """Việc nào làm được: `first` is the act of the step; `why` says why there is none."""

    first: Act | None
    others: tuple[Act, ...]
    why: str = ""


def acts_for(dossier: Dossier, user: User, access: Access, besides: Collection[str] = ()) -> Choice:
    """What this person may do with the dossier now; the operations ask everything again when it is done.

    `besides`: the acts that depend on the way of the dossier so far (`acts_of_way`).
    """
    place = agency_of(dossier, dossier.step_kind)
    is_mine = dossier.holder_id == user.pk
    is_waiting = dossier.holder_id is None and bool(dossier.step_key)
    may_assign = access.may(Permission.ASSIGN, place)

    if may_reopen(dossier, access):
        return Choice(ACTS["reopening"], (), "")
    keys = ["resume"] if may_resume(dossier, user, access) else _step_keys(dossier, user, access)
    is_first = bool(keys) and (is_mine or is_waiting) and keys[0] != "consultations"  # that is never a duty
    others = keys[1:] if is_first else keys
    if not dossier.stands_still:
        others += [key for key in ("skip", "back", "recall") if key in besides]
    others += _interruptions(dossier, user, access)
    if dossier.is_open and dossier.step_key and may_assign:
        others.append("holder")
    if dossier.is_open and dossier.holder_id not in {None, user.pk} and may_remind(dossier, access):
        others.append("reminder")
    if dossier.is_open and may_prioritise(dossier, user, access):
        others.append("priority")
    others += _besides(dossier, access)
    return Choice(
        ACTS[keys[0]] if is_first else None,
        tuple(ACTS[key] for key in dict.fromkeys(others)),
        "" if is_first else _why(dossier),
    )


def refuse_unlawful(act: str, dossier: Dossier, user: User, access: Access) -> None:
    """Việc không làm được lúc này, opened by its address: the rule of the move, or who has the step. Raises DomainError.

    Where the way of the dossier decides (`acts_of_way`), the operation alone can tell.
    """
    if act in MOVES:
        MOVES[act].check(dossier.state)
    choice = acts_for(dossier, user, access)
    offered = {one.key for one in choice.others} | ({choice.first.key} if choice.first else set())
    if act in MOVES and act not in offered:
        raise NotNow(choice.why or _why(dossier), legal=MOVES[act].legal)


def acts_of_way(dossier: Dossier, tasks: list[Task], user: User, access: Access) -> set[str]:
    """Thu hồi, trả về, bỏ qua: what the steps so far allow; `tasks` are all of the dossier's, with their workflow."""
    found = set()
    if recallable(dossier, tasks, user):
        found.add("recall")
    if not dossier.step_key or not is_for(dossier, user, access):
        return found
    if returnable(dossier, tasks):
        found.add("back")
    here = next((task for task in tasks if task.is_open and task.step_key == dossier.step_key), None)
    if here and dossier.step_kind != StepKind.CONSULT:
        step = compiled_of(here.workflow).blueprint.step(here.step_key)
        found |= {"skip"} if step.may_skip else set()
    return found


def bulk_acts(access: Access, *, is_mine: bool = False) -> tuple[Act, ...]:
    """Việc làm được với nhiều hồ sơ một lúc; what is mine is neither claimed nor am I reminded of it."""
    return tuple(
        ACTS[key]
        for key, permissions in BULK
        if any(access.may(permission) for permission in permissions)
        and not (is_mine and key in {"claim", "reminder"})
    )


def bulk_keys(dossier: Dossier, user: User, access: Access) -> list[str]:
    """Việc của thanh chọn nhiều that this person can do with this dossier; asked of the row alone, without a question."""
    keys = [key for key in _step_keys(dossier, user, access) if key in BULK_KEYS]
    is_of_another = dossier.is_open and dossier.holder_id not in {None, user.pk}
    return [*keys, "reminder"] if is_of_another and may_remind(dossier, access) else keys


def _step_keys(dossier: Dossier, user: User, access: Access) -> list[str]:
    """What may be done with the open step; nothing while the clock stands still."""
    if dossier.stands_still:
        return []
    place = agency_of(dossier, dossier.step_kind)
    keys = _of_step(dossier, access, place) if is_for(dossier, user, access) else []
    is_waiting = dossier.holder_id is None and bool(dossier.step_key)
    if is_waiting and dossier.step_role in access.roles(place):
        keys.insert(0 if dossier.step_kind == StepKind.WORK else len(keys), "claim")
    if is_waiting and dossier.step_kind == StepKind.WORK and dossier.state == State.TRANSFERRED:
        return [key for key in keys if key == "claim"]
    return keys


def _of_step(dossier: Dossier, access: Access, place: int) -> list[str]:
    if dossier.step_kind == StepKind.WORK and access.may(Permission.PROCESS, place):
        proposal = ["proposal"] if PROPOSE.is_lawful_from(dossier.state) else []
        return proposal + (["consultations"] if CONSULT.is_lawful_from(dossier.state) else [])
    if dossier.step_kind not in STEP_ACTS:
        return []
    key, permission = STEP_ACTS[dossier.step_kind]
    if not access.may(permission, place):
        return []
    return [key, "return-to-work"] if key in {"review", "signature"} else [key]


def _besides(dossier: Dossier, access: Access) -> list[str]:
    """What may be done beside the steps: to apologise, and to mend a wrong result."""
    keys = []
    if (
        dossier.state in AT_WORK
        and dossier.due_at
        and any(access.may(one, dossier.agency_id) for one in WORKERS)
    ):
        keys.append("apology")
    if FIND_WRONG.is_lawful_from(dossier.state) and may_find_wrong(dossier, access):
        keys.append("wrong-result")
    if CORRECT.is_lawful_from(dossier.state) and access.may(Permission.SIGN, dossier.agency_id):
        keys.append("correction")
    return keys


def _interruptions(dossier: Dossier, user: User, access: Access) -> list[str]:
    """What may stop the clock here and now."""
    asked = ["supplement"] if may_ask(dossier, user, access) else []
    return asked + (["pause"] if may_pause(dossier, user, access) else [])


def _why(dossier: Dossier) -> str:
    if dossier.state == State.AWAITING_SUPPLEMENT:
        return "Hồ sơ chờ người nộp bổ sung; quầy nhận đủ thì đồng hồ chạy tiếp."
    if dossier.closed_at:
        return "Hồ sơ đã đóng, không có kết quả."
    if not dossier.step_key:
        return "Hồ sơ đã xong mọi bước."
    if dossier.holder:
        return f"Bước “{dossier.step_name}” do {dossier.holder.full_name} giữ."
    return f"Bước “{dossier.step_name}” chờ người có vai trò của bước nhận."
