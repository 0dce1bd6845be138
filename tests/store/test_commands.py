"""The commands as their users meet them: what they answer, for people and for machines."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from graph_cdp import samples
from tests import servers
from tests.commands import COMMAND, Said, run

LISTS = ("customers", "changes", "rejected")
STORELESS = ("resolve", "policy check")
STRICT = ("loyalty_card = 3", "loyalty_card = 1")


@dataclass(frozen=True, slots=True)
class Desk:
    """A folder with the samples, and a store in which they are loaded."""

    folder: Path
    store: str
    truth: samples.Truth
    loaded: dict[str, Any]

    def run(self, *arguments: object) -> Said:
        return run(*arguments, cwd=self.folder, store=self.store)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("commands")
    truth = samples.write(folder, people=60, seed=1)
    with servers.run_embedded(folder / "store") as server:
        policy = {"GRAPH_CDP_POLICY": "policy.toml"}
        events = run("ingest", "web.ndjson", "app.ndjson", "--json", cwd=folder, store=server.url, env=policy)
        for name in ("crm", "loyalty", "pos"):
            assert run("ingest", f"{name}.csv", "--mapping", f"{name}.toml", cwd=folder, store=server.url).status == 0
        yield Desk(folder, server.url, truth, events.json)


def test_ingest_answers_with_a_count_for_each_outcome(desk: Desk) -> None:
    outcomes = {"known", "joined", "created", "refused", "merged", "duplicate", "rejected"}
    assert set(desk.loaded) == outcomes | {"refused_values"}
    lines = sum((desk.folder / name).read_bytes().count(b"\n") for name in ("web.ndjson", "app.ndjson"))
    assert sum(desk.loaded[name] for name in outcomes) == lines


def test_what_was_ingested_before_is_duplicate(desk: Desk) -> None:
    again = desk.run("ingest", "app.ndjson", "--json")
    found = {name for name, count in again.json.items() if count} - {"refused_values"}
    assert (again.status, found) == (0, {"duplicate", "rejected"})


def test_ingest_tells_people_how_much_and_how_fast(desk: Desk) -> None:
    assert desk.run("ingest", "crm.csv", "--mapping", "crm.toml").out.count("messages and rows in") == 1


def test_a_profile_is_found_by_any_spelling_of_a_key(desk: Desk) -> None:
    email = next(key for key in desk.truth.person_of if key.startswith("email:"))
    found = [desk.run("profile", key, "--json").json["customer_id"] for key in (email, email.upper())]
    assert found[0] == found[1]


def test_a_profile_is_found_by_the_customer_id(desk: Desk) -> None:
    found = desk.run("profile", desk.truth.showcase, "--json").json
    assert desk.run("profile", found["customer_id"], "--json").json == found


def test_a_profile_for_people_shows_every_identifier_in_full(desk: Desk) -> None:
    keys = [row["key"] for row in desk.run("profile", desk.truth.showcase, "--json").json["identifiers"]]
    shown = desk.run("profile", desk.truth.showcase).out
    assert [key for key in keys if key not in shown] == []


def test_why_answers_with_a_path_its_weakest_link_and_the_bridges(desk: Desk) -> None:
    answer = desk.run("why", desk.truth.showcase, desk.truth.showcase_cookie, "--json").json
    assert set(answer) == {"path", "weakest", "bridges", "falls_apart"}
    assert set(answer["path"][0]) == {"a", "b", "kind", "tier", "first_seen"}
    assert answer["weakest"] in answer["path"]


def test_why_for_people_begins_and_ends_with_the_keys_asked_for(desk: Desk) -> None:
    lines = desk.run("why", desk.truth.showcase, desk.truth.showcase_cookie).out.splitlines()
    end = next(number for number, line in enumerate(lines) if line.startswith("Without "))
    assert {lines[1], lines[end - 1]} == {desk.truth.showcase, desk.truth.showcase_cookie}


def test_why_names_the_rules_that_keep_a_family_apart(desk: Desk) -> None:
    answer = desk.run("why", *desk.truth.family[:2], "--json").json
    assert answer["path"] is None
    assert {rule.split()[0] for rule in answer["values"]} == {"contradiction", "unique"}


def test_why_says_that_an_identifier_is_shared(desk: Desk) -> None:
    said = desk.run("why", desk.truth.family_mailbox, desk.truth.family[0]).out
    assert f"{desk.truth.family_mailbox} is shared" in said


def test_a_key_is_one_customer_with_itself(desk: Desk) -> None:
    assert desk.run("why", desk.truth.showcase, desk.truth.showcase).out == "One customer: both are the same key.\n"


@pytest.mark.parametrize("command", LISTS)
def test_a_list_is_an_array(desk: Desk, command: str) -> None:
    assert len(desk.run(command, "--limit", 2, "--json").json) == 2


@pytest.mark.parametrize("command", LISTS)
def test_a_list_is_one_object_a_line_on_demand(desk: Desk, command: str) -> None:
    said = desk.run(command, "--limit", 2, "--ndjson")
    assert [json.loads(line) for line in said.out.splitlines()] == desk.run(command, "--limit", 2, "--json").json


def test_a_list_in_a_pipe_cuts_no_id_off(desk: Desk) -> None:
    ids = [row["customer_id"] for row in desk.run("customers", "--limit", 3, "--json").json]
    assert [line.split()[0] for line in desk.run("customers", "--limit", 3).out.splitlines()[1:]] == ids


def test_changes_can_be_read_on_from_a_number(desk: Desk) -> None:
    assert desk.run("changes", "--after", 5, "--limit", 1, "--json").json[0]["seq"] == 6


def test_a_dead_letter_says_where_it_stood_and_why(desk: Desk) -> None:
    first = desk.run("rejected", "--limit", 1, "--json").json[0]
    assert first["place"].startswith(("web.ndjson:", "app.ndjson:"))
    assert first["reason"]


def test_a_dry_run_changes_nothing(desk: Desk) -> None:
    before = desk.run("status", "--json").json
    assert desk.run("relink", "--dry-run", "--policy", strict(desk)).status == 0
    assert desk.run("status", "--json").json == before


def test_a_dry_run_names_the_plan_and_what_it_would_change(desk: Desk) -> None:
    answer = desk.run("relink", "--dry-run", "--policy", strict(desk), "--to", "plan.json", "--json").json
    assert answer["plan"] == "plan.json"
    assert {"merged", "split", "customers_before", "customers_after"} <= set(answer)


def test_a_dry_run_tells_people_how_to_carry_it_out(desk: Desk) -> None:
    said = desk.run("relink", "--dry-run", "--to", "plan.json").out
    assert "graph-cdp relink --apply plan.json" in said


def test_a_plan_can_be_carried_out_and_taken_back(desk: Desk) -> None:
    members = exported(desk, "members", "before.csv")
    (desk.folder / "old.toml").write_text(desk.run("policy", "show").out, encoding="utf-8")
    desk.run("relink", "--dry-run", "--policy", strict(desk), "--to", "apply.json")
    assert desk.run("relink", "--apply", "apply.json").status == 0
    assert STRICT[1] in desk.run("policy", "show").out
    assert desk.run("relink", "--policy", "old.toml").status == 0
    assert exported(desk, "members", "after.csv") == members


def test_a_relink_under_the_policy_in_force_changes_nothing(desk: Desk) -> None:
    summary = desk.run("relink", "--json").json
    assert (summary["merged"], summary["split"], summary["identifiers_moved"]) == (0, 0, 0)


def test_a_rebuild_of_a_sound_store_says_that_nothing_differed(desk: Desk) -> None:
    assert "Beside the observations the graph differed in nothing." in desk.run("relink", "--rebuild", "--dry-run").out


def test_status_says_of_a_relink_that_was_broken_off_and_the_next_command_that_writes_finishes_it(desk: Desk) -> None:
    code = (
        "import os, sys\n"
        "from graph_cdp import engine, relinking\n"
        "from graph_cdp.relinking import running\n"
        "running._pass = lambda *_, **__: os._exit(9)\n"
        "with engine.Engine.open(sys.argv[1]) as opened: opened.relink()\n"
    )
    assert subprocess.run([sys.executable, "-c", code, desk.store], check=False).returncode == 9
    assert desk.run("status", "--json").json["relink"]["abandoned"] is True
    assert "is unfinished: graph-cdp relink finishes it." in desk.run("status").out
    assert "finishing the relink that was broken off" in desk.run("export", "members", "--to", "finished.csv").err
    assert desk.run("status", "--json").json["relink"] is None


def test_the_policies_that_were_in_force_are_listed_and_shown(desk: Desk) -> None:
    history = desk.run("policy", "show", "--history", "--json").json
    assert [row["in_force"] for row in history] == [False] * (len(history) - 1) + [True]
    assert desk.run("policy", "show", history[0]["fingerprint"]).out == history[0]["text"]
    assert desk.run("policy", "show", "unheard-of").status == 1
    assert desk.run("policy", "show", history[0]["fingerprint"], "--history").status == 2


def test_the_policy_shown_is_one_that_can_be_checked(desk: Desk) -> None:
    (desk.folder / "shown.toml").write_text(desk.run("policy", "show").out, encoding="utf-8")
    checked = desk.run("policy", "check", "shown.toml", "--json").json
    assert checked == {"fingerprint": desk.run("policy", "show", "--json").json["fingerprint"], "valid": True}


@pytest.mark.parametrize("ending", ["csv", "ndjson", "parquet"])
def test_an_export_is_of_the_kind_that_its_name_says(desk: Desk, ending: str) -> None:
    rows = desk.run("export", "members", "--to", f"members.{ending}", "--json").json["rows"]
    read = {"csv": pl.read_csv, "ndjson": pl.read_ndjson, "parquet": pl.read_parquet}[ending]
    table = read(desk.folder / f"members.{ending}")
    assert (table.columns, len(table)) == (["key", "customer_id"], rows)


def test_exported_members_are_sorted_by_key(desk: Desk) -> None:
    keys = [line.partition(",")[0] for line in exported(desk, "members", "members.csv").splitlines()[1:]]
    assert keys == sorted(keys)


def test_exported_links_resolve_to_the_same_groups_as_the_store_has(desk: Desk) -> None:
    exported(desk, "links", "links.csv")
    exported(desk, "members", "held.csv")
    assert desk.run("resolve", "links.csv", "--to", "resolved.csv", "--id-secret", "s").status == 0
    assert groups(desk.folder / "resolved.csv") == groups(desk.folder / "held.csv")


def test_the_change_feed_has_no_gaps(desk: Desk) -> None:
    exported(desk, "changes", "changes.csv")
    seq = pl.read_csv(desk.folder / "changes.csv")["seq"].to_list()
    assert seq == list(range(1, len(seq) + 1))


def test_ids_that_are_not_keyed_are_said_to_be_so(desk: Desk) -> None:
    (desk.folder / "one.csv").write_text("a,b,kind\nuser_id:1,email:a@b.pl,login\nuser_id:2,,\n")
    said = desk.run("resolve", "one.csv", "--to", "one.parquet", "--json")
    assert (said.json, said.err.startswith("no --id-secret")) == ({"keys": 3, "customers": 2}, True)


def test_a_store_that_is_up_to_date_needs_no_migration(desk: Desk) -> None:
    assert desk.run("migrate", "--json").json == {"applied": []}


def test_status_names_server_policy_and_counts(desk: Desk) -> None:
    assert set(desk.run("status", "--json").json) == {"server", "policy", "counts", "relink"}


def test_an_option_outranks_the_environment(desk: Desk) -> None:
    said = run("status", "--store", desk.store, cwd=desk.folder, store="nonsense")
    assert said.status == 0


@pytest.mark.parametrize("command", ["status", "customers", "policy show"])
def test_nothing_but_the_answer_is_said_in_a_pipe(desk: Desk, command: str) -> None:
    assert desk.run(*command.split()).err == ""


def test_a_reader_that_goes_away_ends_the_command_quietly(desk: Desk) -> None:
    command = f"{COMMAND} changes --limit 100000 --ndjson --store {desk.store} | head -1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert (done.stdout.count("\n"), done.stderr) == (1, "")


@pytest.mark.parametrize("command", STORELESS)
def test_a_command_without_a_store_takes_the_option_all_the_same(tmp_path: Path, command: str) -> None:
    said = run(*command.split(), "--store", "embedded:s", "--json", "--help", cwd=tmp_path)
    assert (said.status, "--json" in said.out) == (0, True)


def test_the_version_is_that_of_the_package(tmp_path: Path) -> None:
    assert run("--version", cwd=tmp_path).out == f"graph-cdp {importlib.metadata.version('graph-cdp')}\n"


def test_without_a_command_the_help_is_shown(tmp_path: Path) -> None:
    said = run(cwd=tmp_path)
    assert (said.status, "Usage: graph-cdp" in said.out, said.err) == (2, True, "")


def strict(desk: Desk) -> Path:
    """A policy under which a phone or an e-mail that was seen with two cards joins nobody."""
    path = desk.folder / "strict.toml"
    path.write_text(desk.run("policy", "show").out.replace(*STRICT), encoding="utf-8")
    return path


def exported(desk: Desk, what: str, name: str) -> str:
    assert desk.run("export", what, "--to", name).status == 0
    return (desk.folder / name).read_text(encoding="utf-8")


def groups(path: Path) -> set[frozenset[str]]:
    table = pl.read_csv(path, infer_schema=False).group_by("customer_id").agg("key")
    return {frozenset(keys) for keys in table["key"].to_list()}
