"""What was counted last, for as long as nothing has been told since: a memory of this process that may be lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

Answer = TypeVar("Answer")

# Windows of time move on although nothing happens.
SECONDS: Final = 60.0


@dataclass(slots=True)
class Memory:
    """One answer for each question, good until something is absorbed, decided or relinked, a minute at most."""

    _held: dict[str, tuple[Any, float, Any]] = field(default_factory=dict)

    def of(self, mark: Any, question: str, answer: Callable[[], Answer]) -> Answer:
        """The answer to a question, worked out anew where `mark` is another than before."""
        now, known = time.monotonic(), self._held.get(question)
        if known is not None and known[0] == mark and now - known[1] < SECONDS:
            held: Answer = known[2]
            return held
        found = answer()
        self._held = {question: (mark, now, found)}
        return found
