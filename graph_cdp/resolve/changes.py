"""What the change feed says of moved keys: pure, from where each key was to where it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from graph_cdp.state import Change, ChangeName, Move


def describe(
    moves: Iterable[Move], *, lived: Collection[str], lives: Collection[str], causes: Mapping[str, str]
) -> list[Change]:
    """One change for each customer that gained keys, sorted by its id.

    `moves` has every key whose customer id is another one than before. `lived` and `lives` are the ids, among those
    touched, that customers had before and have now; `causes` names for each id of now what brought the change.
    """
    gained: dict[str, list[Move]] = defaultdict(list)
    heirs: dict[str, set[str]] = defaultdict(set)
    for move in moves:
        gained[move.after].append(move)
        if move.before is not None:
            heirs[move.before].add(move.after)
    return [
        Change(
            _kind(target, own, heirs, lived, lives),
            target,
            tuple(sorted({move.before for move in own if move.before is not None})),
            tuple(sorted(move.key for move in own)),
            causes[target],
        )
        for target, own in sorted(gained.items())
    ]


def _kind(
    target: str, own: list[Move], heirs: Mapping[str, set[str]], lived: Collection[str], lives: Collection[str]
) -> ChangeName:
    previous = {move.before for move in own if move.before is not None}
    if not previous:
        return "merged" if target in lived else "created"
    if any(before in lives or len(heirs[before]) > 1 for before in previous):
        return "split"
    if target in lived or len(previous) > 1 or any(move.before is None for move in own):
        return "merged"
    return "re-keyed"
