"""Hồ sơ nộp trực tuyến, giấy tờ của nó, và bản nháp trước khi nộp."""

from motcua.service.filing.models.draft import Draft, DraftPaper, FilingRule
from motcua.service.filing.models.filing import Filing, FilingPart

__all__ = ["Draft", "DraftPaper", "Filing", "FilingPart", "FilingRule"]
