"""The facts of a dossier. Every child carries `dossier`, so that a dossier and its rows can live together anywhere."""

from motcua.service.dossiers.models.clock import (
    AlarmRule,
    Apology,
    Deadline,
    DeadlineKind,
    DeliveredPaper,
    Delivery,
    LateCause,
    LatenessReview,
    LatenessRule,
    Pause,
    Rescheduling,
    StepPace,
    Supplement,
    SupplementItem,
    UsualTime,
)
from motcua.service.dossiers.models.dossier import Channel, Dossier, Part, Priority, Scan
from motcua.service.dossiers.models.elsewhere import PaperTransfer
from motcua.service.dossiers.models.ending import Correction, IntakeRefusal, Result, Stop
from motcua.service.dossiers.models.looking import DossierLook
from motcua.service.dossiers.models.talking import Message
from motcua.service.dossiers.models.together import (
    BulkAct,
    BulkItem,
    HandingOver,
    Reminder,
    SavedFilter,
)
from motcua.service.dossiers.models.transition import Transition, TransitionItem
from motcua.service.dossiers.models.work import Assignment, Consultation, Decision, Note

__all__ = [
    "AlarmRule",
    "Apology",
    "Assignment",
    "BulkAct",
    "BulkItem",
    "Channel",
    "Consultation",
    "Correction",
    "Deadline",
    "DeadlineKind",
    "Decision",
    "DeliveredPaper",
    "Delivery",
    "Dossier",
    "DossierLook",
    "HandingOver",
    "IntakeRefusal",
    "LateCause",
    "LatenessReview",
    "LatenessRule",
    "Message",
    "Note",
    "PaperTransfer",
    "Part",
    "Pause",
    "Priority",
    "Reminder",
    "Rescheduling",
    "Result",
    "SavedFilter",
    "Scan",
    "StepPace",
    "Stop",
    "Supplement",
    "SupplementItem",
    "Transition",
    "TransitionItem",
    "UsualTime",
]
