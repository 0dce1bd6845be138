"""The difference between what a workspace was and what it is: what to write, and what the change feed says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from graph_cdp.resolve import changes
from graph_cdp.resolve.workspace import Customer, Workspace
from graph_cdp.state import Change, Move, Reader, Writes


def writes_of(work: Workspace, customer_id: Callable[[str], str], reader: Reader) -> Writes:
    """What to write so that the graph says what `work` does; `reader` lists members that were not read before."""
    ids = {customer: customer.id(customer_id) for customer in work.customers()}
    gone = work.retired.union(*(customer.absorbed for customer in ids))
    moves = list(_moves(work, ids, reader))
    feed = changes.describe(
        [move for move, _ in moves if move.before != move.after],
        lived=gone.union(customer.base for customer in ids if customer.base),
        lives=set(ids.values()),
        causes={name: customer.cause for customer, name in ids.items()},
    )
    touched = [pair for pair in work.pairs.values() if pair.touched]
    changed = tuple(link for pair in touched for link in pair.changed())
    return Writes(
        new_nodes=tuple(node.state() for node in work.nodes.values() if node.stored is None),
        changed_nodes=tuple(node.state() for node in work.nodes.values() if node.changed()),
        new_links=tuple(link for pair in touched for link in pair.new()),
        changed_links=changed,
        degrees={key: work.nodes[key].degree for link in changed for key in (link.a, link.b)},
        created=tuple(customer.state(name) for customer, name in ids.items() if customer.base is None),
        kept=tuple(
            (customer.base, customer.state(name))
            for customer, name in ids.items()
            if customer.base is not None and customer.changed(name)
        ),
        gone=tuple(sorted(gone)),
        moves=tuple(move for move, base in moves if base is None or move.before != base),
        changes=(*_removed(work), *feed),
        gone_nodes={key: work.heirs[key] for key in work.gone},
        retold=tuple(work.retold),
    )


def _removed(work: Workspace) -> Iterator[Change]:
    """A line of the feed for each customer that loses keys to nobody."""
    homes: dict[str, list[str]] = {}
    for key, node in work.gone.items():
        if key not in work.nodes and node.home is not None:
            homes.setdefault(node.home, []).append(key)
    for home, keys in sorted(homes.items()):
        yield Change("removed", None, (home,), tuple(sorted(keys)), work.cause)


def _moves(work: Workspace, ids: Mapping[Customer, str], reader: Reader) -> Iterator[tuple[Move, str | None]]:
    """Every key that moves or whose customer has another id: where it was and is, and the node that carries that."""
    unread: dict[str, Customer] = {}
    for customer, name in ids.items():
        unread |= dict.fromkeys(customer.absorbed, customer)
        if customer.base is not None and customer.base != name:
            unread[customer.base] = customer
    for node in work.nodes.values():
        customer = work.customer(node)
        if not (node.home == customer.base == ids[customer]):
            yield Move(node.key, node.home, ids[customer]), customer.base
    if not unread:
        return
    for home, keys in reader.members(sorted(unread)).items():
        for key in keys:
            if key not in work.nodes and key not in work.gone:
                yield Move(key, home, ids[unread[home]]), unread[home].base
