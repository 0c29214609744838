"""The catalogue: what the law publishes of each procedure, by revision, and who offers it where.

A revision and all its children are facts of the past once published: triggers refuse any change of them. A correction is
a new revision, and a dossier keeps the revision of its reception.
"""

from motcua.service.procedures.models.competence import BoundaryFreeListing, Entrustment
from motcua.service.procedures.models.finding import (
    EverydayName,
    LifeEvent,
    LifeEventStep,
    PortalMode,
    SearchMiss,
    SearchPosting,
    SearchTerm,
)
from motcua.service.procedures.models.parts import (
    Case,
    CaseLimit,
    Channel,
    ChannelKind,
    Fee,
    LegalBasis,
    LimitUnit,
    Paper,
    ResultType,
)
from motcua.service.procedures.models.procedure import Offering, Procedure
from motcua.service.procedures.models.revision import (
    ChannelNotOffered,
    NotACase,
    NotInForce,
    OnlineLevel,
    Revision,
    known_revision,
    revision_on,
)

__all__ = [
    "BoundaryFreeListing",
    "Case",
    "CaseLimit",
    "Channel",
    "ChannelKind",
    "ChannelNotOffered",
    "Entrustment",
    "EverydayName",
    "Fee",
    "LegalBasis",
    "LifeEvent",
    "LifeEventStep",
    "LimitUnit",
    "NotACase",
    "NotInForce",
    "Offering",
    "OnlineLevel",
    "Paper",
    "PortalMode",
    "Procedure",
    "ResultType",
    "Revision",
    "SearchMiss",
    "SearchPosting",
    "SearchTerm",
    "known_revision",
    "revision_on",
]
