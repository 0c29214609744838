"""What the simulator does, so that the worker can call us back as a real platform would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from motcua.core.events import Event


@dataclass(frozen=True, kw_only=True)
class SimulatedCallbackDue(Event):
    """Cổng mô phỏng sắp gọi về; `fault`: "", AMOUNT or CHECKSUM."""

    label: ClassVar[str] = "Cổng mô phỏng gọi về"
    subject_type: ClassVar[str] = "simulated_order"

    fault: str
