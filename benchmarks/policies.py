"""How policies fare on samples whose truth is known: the argument for the shipped default.

`python -m benchmarks.policies [--people N] [--seeds N]` prints, summed over seeds, the customers that hold two people,
the people that are split, and the identifiers that are with the wrong person.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from graph_cdp import ingest, samples
from graph_cdp.link.claims import claims_of
from graph_cdp.link.exact import links_of
from graph_cdp.model import UNDATED, Observation
from graph_cdp.policy import Policy
from graph_cdp.resolve import bulk
from graph_cdp.resolve.members import Members

FILES = samples.LOADED
TOLD = {"key": pl.String, "trait": pl.String, "value": pl.String, "at": pl.Int64}
SCHEMA = {"a": pl.String, "b": pl.String, "kind": pl.String, "first_seen": pl.Int64}


def observations(folder: Path, policy: Policy) -> Iterator[Observation]:
    for name in FILES:
        path = folder / name
        mapping = ingest.load_mapping(path.with_suffix(".toml")) if path.suffix == ".csv" else None
        for item in ingest.read(path, policy=policy, mapping=mapping, received_at=0):
            if isinstance(item, Observation):
                yield item


def customers(folder: Path, policy: Policy) -> Members:
    rows: list[tuple[str, str | None, str, int | None]] = []
    told: list[tuple[str, str, str | None, int | None]] = []
    for seen in observations(folder, policy):
        at = None if seen.occurred_at == UNDATED else seen.occurred_at
        rows += [(key, None, "", at) for key in seen.keys]
        rows += [(link.a, link.b, link.kind, at) for link in links_of(seen, policy)]
        carrier, words = claims_of(seen, policy) or ("", {})
        told += [(carrier, trait, value, at) for trait, (_, value) in words.items()]
    links = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    return bulk.resolve(links, policy, told=pl.DataFrame(told, schema=TOLD, orient="row"))


def variants(shipped: str) -> dict[str, str]:
    spaces = shipped[shipped.index('[sources."verano.app"]') :]
    return {
        "the shipped default": shipped,
        "no rules": spaces,
        "no sharing, limits alone": re.sub(r"shared_above = .*", "", shipped),
        "e-mail and phone shared above 2 accounts": shipped.replace("{ user_id = 1,", "{ user_id = 2,"),
        "e-mail and phone not counted by cards": shipped.replace("loyalty_card = 3, record", "record"),
        "e-mail and phone shared above 1 card": shipped.replace("loyalty_card = 3, record", "loyalty_card = 1, record"),
        "a phone not counted by e-mails": shipped.replace(", email = 2 }", " }"),
        "no trust in the order": re.sub(r"trust = \d", "", shipped),
        "who differs in birth dates may be one": re.sub(
            r"\[\[contradictions\]\]\ntrait = .*\ntier = .*\n", "", shipped
        ),
        "nothing blocked": shipped[: shipped.index("[blocked]")] + spaces,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--seeds", type=int, default=20)
    given = parser.parse_args()
    totals: dict[str, list[int]] = {}
    for seed in range(1, given.seeds + 1):
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            truth = samples.write(folder, people=given.people, seed=seed)
            shipped = (folder / "policy.toml").read_text(encoding="utf-8")
            for name, text in variants(shipped).items():
                policy = Policy(text, name)
                members = customers(folder, policy)
                of = dict(zip(members.keys, members.customer.tolist(), strict=True))
                found = samples.score(of, truth.person_of)
                row = totals.setdefault(name, [0] * 5)
                fresh = (found.people, found.swallowing, found.split, found.identifiers, found.wrong)
                totals[name] = [old + new for old, new in zip(row, fresh, strict=True)]
    print("| policy | customers that hold two people | people split | identifiers with the wrong person |")
    print("|---|---|---|---|")
    for name, (people, swallowing, split, identifiers, wrong) in totals.items():
        print(
            f"| {name} | {swallowing} ({swallowing / people:.2%}) | {split} ({split / people:.2%}) "
            f"| {wrong} ({wrong / identifiers:.2%}) |"
        )


if __name__ == "__main__":
    main()
