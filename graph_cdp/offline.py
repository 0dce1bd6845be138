"""The jobs that need no store: a policy from a file, and links from a file resolved into members."""

from __future__ import annotations

from pathlib import Path

from graph_cdp import files
from graph_cdp.policy import Policy, default_policy
from graph_cdp.resolve import tables


def policy_from(path: Path | None) -> Policy:
    """The policy in a file, the shipped one without a file. Raises `PolicyError`, naming the line and the reason."""
    if path is None:
        return default_policy()
    return Policy(files.read_text(path), str(path))


def resolve_file(links: Path, to: Path, policy: Policy, secret: str) -> tuple[int, int]:
    """Resolves a file of links into a file of members; how many keys and customers."""
    files.check_ending(to)
    members, customers = tables.resolve(files.read_table(links), policy, secret, name=str(links))
    files.write_table(members, to)
    return len(members), customers
