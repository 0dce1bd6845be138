"""What one attempt to decide reads of the graph: remembered as it came, to be compared with a later reading."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import neo4j

from graph_cdp.model import Link
from graph_cdp.state import CustomerState, Neighbourhood, Retold
from graph_cdp.store import codec
from graph_cdp.store.connection import ConflictError
from graph_cdp.store.statements import statement

Pair = tuple[str, str]
Values = Sequence[Any]
# After every time, as texts sort.
_ALWAYS: Final = "~"
_PART: Final = "read/part"
_WHOLES: Final = "read/wholes"
_AROUND: Final = "read/around"
_CUSTOMER: Final = "customer"
_TRIES: Final = 10
_Part = tuple[list[Values], list[Values], list[Values]]


class Reads:
    """The reads of one attempt to decide."""

    def __init__(self, transaction: neo4j.Transaction) -> None:
        self._transaction = transaction
        self._customers: dict[str, CustomerState] = {}
        self._keys: set[str] = set()
        self._pairs: set[Pair] = set()
        self._whole: set[str] = set()
        self._centres: set[str] = set()
        self._members: dict[str, list[str]] = {}
        self._observed: dict[tuple[str, ...], list[str]] = {}
        # What each statement answered, as it came: comparing that costs less than making anything of it.
        self._held: dict[str, dict[Any, Values]] = {_PART: {}, _WHOLES: {}, _AROUND: {}}
        self._torn = False
        self._spared: set[str] = set()

    @property
    def met(self) -> set[str]:
        """The ids of all customers that were read."""
        return self._customers.keys() | self._members.keys() | self._whole

    @property
    def customers(self) -> set[str]:
        """Those of them that have to stay as they were read: all but the ones that only spared identifiers are in."""
        homes = (self._homes(name) for name in self._held)
        return self._whole.union(self._members, *homes)

    @property
    def absent(self) -> set[str]:
        """The keys that were asked for and that the graph does not have."""
        return self._keys - self._held[_PART].keys()

    def spare(self, keys: Collection[str]) -> None:
        """Identifiers need not hold until the commit while nothing else is read of their customers."""
        self._spared.update(keys)

    def start(self, keys: Collection[str], pairs: Collection[Pair]) -> Neighbourhood:
        """The identifiers `keys`, the links between the keys of each pair, and the customers."""
        return self._decoded(self._start(keys, pairs))

    def wholes(self, customers: Collection[str]) -> Neighbourhood:
        """All members of `customers`, every link at them, what is at the other ends, and the customers of all."""
        return self._decoded(self._wholes(customers))

    def around(self, keys: Collection[str]) -> Neighbourhood:
        """The identifiers `keys`, every link at them, what is at the other ends, and the customers of all."""
        return self._decoded(self._around(keys))

    def members(self, customers: Collection[str]) -> Mapping[str, list[str]]:
        """The keys of all members of each of `customers`."""
        found: dict[str, list[str]] = {name: [] for name in customers}
        for name, key in self._run("read/members", ids=sorted(customers)) if customers else ():
            found[name].append(key)
        answer = {name: sorted(keys) for name, keys in found.items()}
        self._members |= answer
        return answer

    def observed(self, keys: Collection[str]) -> list[Retold]:
        """Every observation of these identifiers."""
        asked = {"keys": sorted(keys), "happened": _ALWAYS, "told": _ALWAYS}
        rows = self._transaction.run(statement("read/observed_by"), asked)
        told = sorted((codec.retold_of(row) for row in rows), key=lambda one: one.uid)
        self._observed |= {tuple(sorted(keys)): [one.uid for one in told]}
        return told

    def still_hold(self) -> bool:
        """Whether reading everything again, at once, gives the same answers."""
        again = Reads(self._transaction)
        spared = self._still_spared()
        again._start(self._keys - spared, {pair for pair in self._pairs if spared.isdisjoint(pair)})
        if self._whole:
            again._wholes(self._whole)
        if self._centres:
            again._around(self._centres)
        again.members(list(self._members))
        for keys in self._observed:
            again.observed(keys)
        held = self._held | {_PART: self._without(spared)}
        now = again._held, again._members, again._observed
        return not self._torn and now == (held, self._members, self._observed)

    def _homes(self, name: str) -> set[str]:
        """The ids of the customers of the identifiers that the statement `name` answered with."""
        spared = self._spared if name == _PART else ()
        answer = self._held[name].items()
        return {values[-1] for one, values in answer if isinstance(one, str) and one not in spared}

    def _still_spared(self) -> set[str]:
        """Whose customer is locked counts: the decision took it for a member, which it may not be any more."""
        if not self._spared:
            return self._spared
        locked = self.customers
        return {key for key in self._spared if self._held[_PART][key][-1] not in locked}

    def _without(self, spared: set[str]) -> dict[Any, Values]:
        """What `read/part` answered but for these identifiers, links at them, and their customers."""
        held = self._held[_PART]
        if not spared:
            return held
        kept = {one: values for one, values in held.items() if one[0] != _CUSTOMER and spared.isdisjoint(_ends(one))}
        homes = {(_CUSTOMER, values[-1]) for one, values in kept.items() if isinstance(one, str)}
        return kept | {home: held[home] for home in homes if home in held}

    def _start(self, keys: Collection[str], pairs: Collection[Pair]) -> _Part:
        self._keys.update(keys)
        self._pairs.update(pairs)
        return self._part(_PART, keys=sorted(keys), pairs=list(map(list, sorted(pairs))))

    def _wholes(self, customers: Collection[str]) -> _Part:
        self._whole.update(customers)
        return self._part(_WHOLES, ids=sorted(customers))

    def _around(self, keys: Collection[str]) -> _Part:
        self._centres.update(keys)
        return self._part(_AROUND, keys=sorted(keys))

    def _run(self, name: str, /, **parameters: Any) -> list[list[Any]]:
        return [record.values() for record in self._transaction.run(statement(name), parameters)]

    def _part(self, name: str, /, **parameters: Any) -> _Part:
        """A part of the graph comes as one record of lists: records by the thousand cost more than what is in them."""
        nodes, customers, links = self._of_one_moment(name, parameters)
        links = [values for values in links if values[1] is not None]
        said: dict[Any, Values] = {values[0]: values for values in nodes}
        said |= {(_CUSTOMER, values[0]): values for values in customers}
        said |= {(*tuple(sorted(values[:2])), values[2]): values[2:] for values in links}
        self._note(name, said)
        return nodes, customers, links

    def _of_one_moment(self, name: str, parameters: Mapping[str, Any]) -> _Part:
        """The answer of a statement, asked again where another writer's commit came into the middle of it."""
        for _ in range(_TRIES):
            nodes, customers, links = next(iter(self._run(name, **parameters)), ([], [], []))
            there = {values[0] for values in customers}
            if all(values[-1] in there for values in nodes):
                return nodes, customers, links
        raise ConflictError

    def _note(self, name: str, said: Mapping[Any, Values]) -> None:
        """Two readings of one attempt may be of two moments; then what was decided holds for neither."""
        self._torn = self._torn or any(
            answer.get(one, values) != values for answer in self._held.values() for one, values in said.items()
        )
        if name != _PART:
            self._torn = self._torn or any(self._is_new(one) for one in said)
        self._held[name].update(said)

    def _is_new(self, name: Any) -> bool:
        """Whether an identifier or a link was not there when it was asked for."""
        asked = name in self._keys if isinstance(name, str) else name[:2] in self._pairs
        return asked and name not in self._held[_PART]

    def _decoded(self, part: _Part) -> Neighbourhood:
        nodes, customers, links = part
        self._customers |= {values[0]: codec.customer_of(values) for values in customers}
        return Neighbourhood(
            tuple(sorted(map(codec.node_of, nodes), key=lambda node: node.key)),
            tuple(sorted({codec.link_between(values) for values in links}, key=_place)),
            tuple(self._customers[values[0]] for values in customers),
        )


def _place(link: Link) -> tuple[str, str, str]:
    return link.a, link.b, link.kind


def _ends(one: str | tuple[str, ...]) -> tuple[str, ...]:
    """The keys of what is noted of an identifier or a link."""
    return (one,) if isinstance(one, str) else one[:2]
