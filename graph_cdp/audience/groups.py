"""The segments and funnels of a policy, their conditions read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from graph_cdp.audience import tree, words
from graph_cdp.errors import NotFoundError, PolicyError
from graph_cdp.policy import Policy


@dataclass(frozen=True, slots=True)
class Segment:
    """A named group: who is in it, as text, as tree and in words."""

    name: str
    title: str
    text: str
    condition: tree.Condition

    @property
    def explained(self) -> str:
        """The condition in words."""
        return words.explain(self.condition)


@dataclass(frozen=True, slots=True)
class Funnel:
    """Stages in their order."""

    name: str
    title: str
    stages: tuple[Segment, ...]


@lru_cache(maxsize=16)
def segments_of(policy: Policy) -> Mapping[str, Segment]:
    """The segments of a policy by name. Raises `PolicyError` with the line of a condition that is none."""
    return {
        name: Segment(name, one.title, one.condition, _read(policy, one.condition, "segments", name))
        for name, one in sorted(policy.segments.items())
    }


@lru_cache(maxsize=16)
def funnels_of(policy: Policy) -> Mapping[str, Funnel]:
    """The funnels of a policy by name. Raises `PolicyError` as above."""
    return {
        name: Funnel(
            name,
            funnel.title,
            tuple(
                Segment(stage.name, "", stage.condition, _read(policy, stage.condition, "funnels", name, str(n)))
                for n, stage in enumerate(funnel.stages)
            ),
        )
        for name, funnel in sorted(policy.funnels.items())
    }


def checked(policy: Policy) -> Policy:
    """The policy itself. Raises `PolicyError` where a condition in it is none."""
    segments_of(policy)
    funnels_of(policy)
    return policy


def segment(policy: Policy, name: str) -> Segment:
    """The segment of this name. Raises `NotFoundError`, which names those that there are."""
    found = segments_of(policy).get(name)
    if found is None:
        raise NotFoundError(f"the policy describes no such segment ({_there(segments_of(policy))})")
    return found


def funnel(policy: Policy, name: str) -> Funnel:
    """The funnel of this name. Raises `NotFoundError`, which names those that there are."""
    found = funnels_of(policy).get(name)
    if found is None:
        raise NotFoundError(f"the policy describes no such funnel ({_there(funnels_of(policy))})")
    return found


def _there(known: Mapping[str, object]) -> str:
    return f"there are {', '.join(known)}" if known else "it describes none yet: docs/segments.md shows how"


def _read(policy: Policy, text: str, part: str, name: str, stage: str = "") -> tree.Condition:
    # Its parser takes a tenth of a second to load, for which only those wait who have segments.
    from graph_cdp.audience.language import ConditionError, parse  # noqa: PLC0415

    try:
        return parse(text)
    except ConditionError as wrong:
        place = (part, name, "stages", stage, "condition") if stage else (part, name, "condition")
        line = policy.line_of(*place)
        within = f" (line {wrong.line} of it)" if "\n" in text.strip() else ""
        raise PolicyError(f"{policy.name}:{line}", f"{part}.{name}{within}: {wrong.reason}") from None
