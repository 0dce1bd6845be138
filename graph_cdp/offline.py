"""The jobs that need no store: a policy from a file, and links from a file resolved into members."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from graph_cdp import files
from graph_cdp.audience.groups import checked
from graph_cdp.policy import Policy, default_policy
from graph_cdp.resolve import tables
from graph_cdp.resolve.tables import Given, Table


def policy_from(path: Path | None) -> Policy:
    """The policy in a file, the shipped one without a file. Raises `PolicyError`, naming the line and the reason."""
    if path is None:
        return default_policy()
    return checked(Policy(files.read_text(path), str(path)))


@dataclass(frozen=True, slots=True)
class Named:
    """The files of links, of decisions and of records."""

    links: Path
    decisions: Path | None = None
    records: Path | None = None


def resolve_file(named: Named, to: Path, policy: Policy, secret: str) -> tuple[int, int]:
    """Resolves tables in files into a file of members; how many keys and customers. Raises `InputError`."""
    files.check_ending(to)
    members, customers = tables.resolve(given_in(named), policy, secret)
    files.write_table(members, to)
    return len(members), customers


def given_in(named: Named) -> Given:
    """The tables in files. Raises `InputError` where one is none."""
    # Times as text are let go of at once: they are a tenth of all memory that resolving takes.
    links = Table(tables.evidence_of(files.read_table(named.links), str(named.links)), str(named.links))
    return Given(links, *(_table(path) if path else None for path in (named.decisions, named.records)))


def _table(path: Path) -> Table:
    return Table(files.read_table(path), str(path))
