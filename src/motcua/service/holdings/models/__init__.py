"""The facts of the store."""

from motcua.service.holdings.models.campaign import Campaign, CampaignChange, CampaignItem
from motcua.service.holdings.models.digitising import Digitisation, ScanPage
from motcua.service.holdings.models.keeping import (
    NAMED,
    Consent,
    Demand,
    HeldPaper,
    PaperMatch,
    PaperType,
    PaperUse,
)

__all__ = [
    "NAMED",
    "Campaign",
    "CampaignChange",
    "CampaignItem",
    "Consent",
    "Demand",
    "Digitisation",
    "HeldPaper",
    "PaperMatch",
    "PaperType",
    "PaperUse",
    "ScanPage",
]
