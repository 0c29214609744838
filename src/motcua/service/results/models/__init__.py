"""The facts of electronic results: what was issued and how it is signed, who may read it, its paper copies."""

from motcua.service.results.models.certifying import Certification, CertificationBar
from motcua.service.results.models.copying import CopyOrder, PaperCopy
from motcua.service.results.models.issuing import (
    IssuedResult,
    IssuedResultQuerySet,
    IssuerKey,
    ResultCheck,
    ResultDraft,
    SigningJob,
)
from motcua.service.results.models.sharing import AnswerRule, CorrectionRequest, ResultShare, ShareOpening

__all__ = [
    "AnswerRule",
    "Certification",
    "CertificationBar",
    "CopyOrder",
    "CorrectionRequest",
    "IssuedResult",
    "IssuedResultQuerySet",
    "IssuerKey",
    "PaperCopy",
    "ResultCheck",
    "ResultDraft",
    "ResultShare",
    "ShareOpening",
    "SigningJob",
]
