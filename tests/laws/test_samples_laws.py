"""On samples that look like life nobody is swallowed; who is split and what is wrong is printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph_cdp import samples
from graph_cdp.offline import policy_from
from graph_cdp.policy import Policy
from graph_cdp.samples.score import Score, score
from tests.laws.samples import items_of, resolved


def scored(folder: Path, people: int, seed: int) -> Score:
    truth = samples.write(folder, people=people, seed=seed)
    policy = policy_from(folder / "policy.toml")
    members = resolved(items_of(folder, policy), policy)
    return score(dict(zip(members.keys, members.ids(str), strict=True)), truth.person_of)


@pytest.mark.parametrize(("people", "seed"), [*((300, seed) for seed in range(1, 21)), (5_000, 1)])
def test_no_two_people_are_in_one_customer(
    people: int, seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = scored(tmp_path, people, seed)
    with capsys.disabled():
        print(
            f"\n{people} people, seed {seed}: {found.split / found.people:.2%} of {found.people} people split, "
            f"{found.wrong / found.identifiers:.2%} of {found.identifiers} identifiers with the wrong person"
        )
    assert found.swallowing == 0


def test_without_rules_the_same_samples_swallow_people(tmp_path: Path) -> None:
    truth = samples.write(tmp_path, people=300, seed=1)
    policy = Policy('[sources."verano.app"]\nuser_id = "verano.user_id"\n')
    members = resolved(items_of(tmp_path, policy), policy)
    assert score(dict(zip(members.keys, members.ids(str), strict=True)), truth.person_of).swallowing > 0
