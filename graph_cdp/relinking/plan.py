"""What a relink would change, as a file that can be carried out later."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from graph_cdp.errors import EvidenceMovedError, InputError
from graph_cdp.policy import Policy

_ANEW: Final = "make one with graph-cdp relink --dry-run --to PLAN"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a relink changes: made from one state of the evidence of one store, and only good for it."""

    policy: Policy
    store: str
    evidence: str
    rebuild: bool
    summary: dict[str, Any]

    def save(self, path: Path) -> None:
        """Writes the plan as JSON."""
        content = {
            "plan": 1,
            "store": self.store,
            "evidence": self.evidence,
            "rebuild": self.rebuild,
            "policy": self.policy.text,
            "summary": self.summary,
        }
        try:
            path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
        except OSError as broken:
            raise InputError(str(path), f"cannot be written: {broken.strerror}") from None

    @classmethod
    def load(cls, path: Path) -> Plan:
        """Reads a plan. Raises `InputError` for a file that is none."""
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            named = {name: content[name] for name in ("store", "evidence", "rebuild", "summary")}
            text = content["policy"]
            if content["plan"] != 1 or not _typed(text, **named):
                raise KeyError
        except OSError as broken:
            raise InputError(str(path), f"cannot be read: {broken.strerror}") from None
        except (ValueError, KeyError, TypeError):
            raise InputError(str(path), "is no plan", _ANEW) from None
        return cls(Policy(text, str(path)), **named)

    def check_store(self, store: str) -> None:
        """Raises `EvidenceMovedError` for a plan that was made for another store."""
        if self.store != store:
            raise EvidenceMovedError(f"this plan was made for another store, so nothing was done ({_ANEW} here)")

    def check_evidence(self, evidence: str) -> None:
        """Raises `EvidenceMovedError` unless the plan was made from this evidence."""
        if self.evidence != evidence:
            raise EvidenceMovedError(
                "the evidence or the customers are others than when this plan was made (it may have been applied "
                f"already), so nothing was done ({_ANEW.replace('one', 'a new one')})"
            )


def _typed(policy: object, store: object, evidence: object, rebuild: object, summary: object) -> bool:
    texts = all(isinstance(text, str) for text in (policy, store, evidence))
    return texts and isinstance(rebuild, bool) and isinstance(summary, dict)
