"""The facts of a dossier. Every child carries `dossier`, so that a dossier and its rows can live together anywhere."""

from motcua.service.dossiers.models.clock import (
    AlarmRule,
    Apology,
    Deadline,
    DeadlineKind,
    LateCause,
    LatenessReview,
    Pause,
    Rescheduling,
    Supplement,
    SupplementItem,
)
from motcua.service.dossiers.models.dossier import Channel, Dossier, Part, Priority, Scan
from motcua.service.dossiers.models.elsewhere import PaperTransfer
from motcua.service.dossiers.models.ending import Correction, IntakeRefusal, Result, Stop
from motcua.service.dossiers.models.work import Assignment, Consultation, Decision, Note

__all__ = [
    "AlarmRule",
    "Apology",
    "Assignment",
    "Channel",
    "Consultation",
    "Correction",
    "Deadline",
    "DeadlineKind",
    "Decision",
    "Dossier",
    "IntakeRefusal",
    "LateCause",
    "LatenessReview",
    "Note",
    "PaperTransfer",
    "Part",
    "Pause",
    "Priority",
    "Rescheduling",
    "Result",
    "Scan",
    "Stop",
    "Supplement",
    "SupplementItem",
]
