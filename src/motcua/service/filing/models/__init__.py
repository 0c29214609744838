"""Hồ sơ nộp trực tuyến, giấy tờ của nó, bản nháp trước khi nộp, và đợt nộp nhiều hồ sơ."""

from motcua.service.filing.models.batch import BatchPaper, BatchRow, FilingBatch
from motcua.service.filing.models.cosigner import CoSigner
from motcua.service.filing.models.declaration import FrozenDeclaration
from motcua.service.filing.models.draft import Draft, DraftPaper, FilingRule
from motcua.service.filing.models.filing import Assistance, Filing, FilingPart

__all__ = [
    "Assistance",
    "BatchPaper",
    "BatchRow",
    "CoSigner",
    "Draft",
    "DraftPaper",
    "Filing",
    "FilingBatch",
    "FilingPart",
    "FilingRule",
    "FrozenDeclaration",
]
