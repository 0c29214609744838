"""What the simulator does, so that the worker can call us as a real carrier would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from motcua.core.events import Event


@dataclass(frozen=True, kw_only=True)
class SimulatedWordsDue(Event):
    """Bưu chính mô phỏng sắp báo tin của một vận đơn."""

    label: ClassVar[str] = "Bưu chính mô phỏng báo tin"
    subject_type: ClassVar[str] = "shipment"

    number: str
