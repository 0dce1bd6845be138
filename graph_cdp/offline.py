"""The jobs that need no store: a policy from a file, and links from a file resolved into members."""

from __future__ import annotations

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


def resolve_file(given: Given, to: Path, policy: Policy, secret: str) -> tuple[int, int]:
    """Resolves tables in files into a file of members; how many keys and customers."""
    files.check_ending(to)
    members, customers = tables.resolve(given, policy, secret)
    files.write_table(members, to)
    return len(members), customers


def given_in(links: Path, decisions: Path | None = None, records: Path | None = None) -> Given:
    """The tables in files. Raises `InputError` where one is none."""
    return Given(_table(links), _table(decisions) if decisions else None, _table(records) if records else None)


def _table(path: Path) -> Table:
    return Table(files.read_table(path), str(path))
