"""What hangs on identifiers beside links: events, orders, the companies that people work for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

import polars as pl

from graph_cdp.model import Observation, namespace_of, rfc3339
from graph_cdp.relinking.looking import Look
from graph_cdp.store import codec
from graph_cdp.store.contacts import contact_of
from graph_cdp.store.orders import observation_of, record_orders
from graph_cdp.store.reads import Reads
from graph_cdp.store.transaction import Transaction

_ROWS_AT_ONCE: Final = 2_000
_ORDERS_AT_ONCE: Final = 200

Write = Callable[[Callable[[Transaction], bool]], None]
Row = dict[str, Any]
Later = tuple[int, ...]


def take_off(found: Look, write: Write) -> None:
    """Takes away what nothing should hang on: so that an identifier goes with little at it."""
    empty = found.held.customers.join(found.held.nodes, left_on="id", right_on="before", how="anti")["id"]
    if len(empty):
        write(partial(_emptied, empty.to_list()))
    if found.told:
        for rows in _parts(found.told.mishung):
            write(partial(_ran, "write/unhang", rows))
        in_two = found.held.nodes.filter(found.held.nodes["key"].is_duplicated())["key"].unique().sort()
        if len(in_two):
            write(partial(_at_home, in_two.to_list()))


def _emptied(ids: list[str], transaction: Transaction) -> bool:
    return bool(transaction.run("write/empty_customers", ids=ids)[0]["gone"])


def _at_home(keys: list[str], transaction: Transaction) -> bool:
    """Leaves each identifier in one customer of those that it is in; the next reading finds where it belongs.

    Looked at under the locks: a reading beside other writers may see an identifier twice that moves meanwhile.
    """
    transaction.run("write/lock_customers", ids=sorted({home for _, home in _homes(keys, transaction)}))
    homes = _homes(keys, transaction)
    first = dict(reversed(homes))
    rows = [{"key": key, "id": home} for key, home in homes if home != first[key]]
    if rows:
        transaction.run("write/leave_customers", rows=rows)
    return bool(rows)


def _homes(keys: list[str], transaction: Transaction) -> list[tuple[str, str]]:
    # A customer that is being deleted as this is read has no id any more.
    rows = transaction.run("read/homes", keys=keys)
    return sorted((row["key"], row["customer"]) for row in rows if row["customer"] is not None)


def hang(found: Look, write: Write) -> None:
    """Hangs events on the identifiers that they were observed with, and brings orders and contacts with them."""
    _say_epochs(found, write)
    if not found.told:
        return
    for rows in _parts(found.told.unhung):
        write(partial(_ran, "write/hang", rows))
    base = found.policy.base
    orders = found.told.unhung.filter(
        pl.Series([base(namespace_of(key)) == "order" for key in found.told.unhung["key"]], dtype=pl.Boolean)
    )
    for part in orders["uid"].unique().sort().to_frame().iter_slices(_ORDERS_AT_ONCE):
        write(partial(_told_again, part["uid"].to_list()))
    _hire(found, found.told.companies, write)


def _say_epochs(found: Look, write: Write) -> None:
    """Keeps with the first epoch of each value when the later ones begin."""
    held = {key: codec.later_of(later) for key, later in found.held.nodes.select("key", "later").iter_rows() if later}
    wanted = found.epochs.later
    differ = {key for key in held.keys() | wanted.keys() if held.get(key, ()) != wanted.get(key, ())}
    if differ:
        write(partial(_said_epochs, {key: (held.get(key, ()), wanted.get(key, ())) for key in sorted(differ)}))


def _said_epochs(differ: Mapping[str, tuple[Later, Later]], transaction: Transaction) -> bool:
    def locked(reads: Reads) -> tuple[bool, list[Row]]:
        there = {node.key: node.later for node in reads.start(list(differ), []).nodes}
        # What another writer has said meanwhile is the newer; the next reading finds what is still to be said.
        still = {key: now for key, (before, now) in differ.items() if there.get(key) == before}
        return True, [{"key": key, "later": [rfc3339(begun) for begun in now] or None} for key, now in still.items()]

    rows = transaction.decide(locked)
    if rows:
        transaction.run("write/later", rows=rows)
    return bool(rows)


def _ran(name: str, rows: list[Row], transaction: Transaction) -> bool:
    transaction.run(name, rows=rows)
    return True


def _parts(table: pl.DataFrame) -> Iterator[list[Row]]:
    for part in table.iter_slices(_ROWS_AT_ONCE):
        yield part.to_dicts()


def _told_again(uids: list[str], transaction: Transaction) -> bool:
    """Records once more what was said of orders; of each fact what was said last holds, whenever it is recorded."""
    made = [observation_of(row) for row in transaction.run("read/told_orders", uids=uids)]
    keys = {seen.order.key for seen in made if seen.order}

    def locked(reads: Reads) -> tuple[bool, list[Observation]]:
        known = {node.key for node in reads.start(keys, []).nodes}
        return True, [seen for seen in made if seen.order and seen.order.key in known]

    record_orders(transaction, transaction.decide(locked))
    return False


def _hire(found: Look, told: pl.DataFrame, write: Write) -> None:
    """Says for which companies people work: of the keys of a contact it is the most telling one that is usable."""
    wanted = {
        (contact, company)
        for keys, company in told.select("keys", "company").iter_rows()
        if (contact := contact_of(keys, found.policy))
    }
    if not len(told):
        return
    write(partial(_hired, wanted, set(told["company"])))


def _hired(wanted: set[tuple[str, str]], told_of: set[str], transaction: Transaction) -> bool:
    held = {(row["key"], row["company"]) for row in transaction.run("read/employed")}
    for name, pairs in (("write/leave_company", held - wanted), ("write/works_for", wanted - held)):
        rows = [{"key": key, "company": company} for key, company in sorted(pairs) if company in told_of]
        if rows:
            transaction.run(name, rows=rows)
    return False
