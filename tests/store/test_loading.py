"""Files loaded by the installed command, killed and begun again."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from tenacity import retry, retry_if_result, stop_after_delay, wait_fixed

from graph_cdp import samples
from graph_cdp.engine import Engine
from graph_cdp.loading import EVERY
from tests import servers
from tests.commands import COMMAND, run

MESSAGES = 4_000


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory):
    with servers.run_embedded(tmp_path_factory.mktemp("loading") / "store") as server:
        yield server


def message(number: int) -> str:
    sent = {"type": "track", "event": "Seen", "userId": f"u{number}", "messageId": f"m{number}"}
    return json.dumps(sent | {"timestamp": "2026-01-01T00:00:00Z"})


def places(server: servers.Server) -> list[str]:
    with servers.driver_of(server) as driver:
        found = driver.execute_query(
            "MATCH (s:Setting) WHERE s.name STARTS WITH 'place/' RETURN s.value", database_="neo4j"
        )
    return [record[0] for record in found.records]


def test_a_load_that_was_killed_goes_on_where_it_was(embedded: servers.Server, tmp_path: Path) -> None:
    path = tmp_path / "large.ndjson"
    path.write_text("\n".join(map(message, range(MESSAGES))))
    _kill_when_begun(path, embedded)
    (kept,) = places(embedded)
    again = run("ingest", path, "--json", cwd=tmp_path, store=embedded.url)
    assert f"went on after {int(kept):,} " in again.err
    # What was committed after the place was kept is a duplicate, and nothing else is.
    assert sum(count for name, count in again.json.items() if name != "refused_values") == MESSAGES - int(kept)
    assert again.json["created"] + again.json["duplicate"] == MESSAGES - int(kept)
    assert len(run("customers", "--limit", MESSAGES + 1, "--json", cwd=tmp_path, store=embedded.url).json) == MESSAGES
    assert places(embedded) == []


def test_a_file_that_was_loaded_as_a_whole_is_loaded_again_as_duplicates(
    embedded: servers.Server, tmp_path: Path
) -> None:
    path = tmp_path / "small.ndjson"
    path.write_text("\n".join(map(message, range(10_000, 10_020))))
    first, again = (run("ingest", path, "--json", cwd=tmp_path, store=embedded.url).json for _ in range(2))
    assert (first["created"], again["duplicate"]) == (20, 20)


def test_a_folder_is_loaded_with_the_mapping_that_stands_beside_each_table(
    embedded: servers.Server, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.ndjson").write_text(message(20_000))
    (tmp_path / "data" / "b.csv").write_bytes("id;town\n1;Łódź\n2;Żary i Świdnica\n".encode("utf-16"))
    (tmp_path / "data" / "b.toml").write_text('source = "b"\n[identifiers]\nrecord = "id"\n[traits]\ncity = "town"\n')
    said = run("ingest", "data", cwd=tmp_path, store=embedded.url)
    assert "3 created" in said.out
    assert "data/b.csv: utf-16 with a byte order mark, delimiter ;, header in line 1, mapping data/b.toml" in said.out


def test_consents_and_events_of_tables_are_in_the_profile(embedded: servers.Server, tmp_path: Path) -> None:
    (tmp_path / "zgody.csv").write_text(
        "ID klienta;Adres e-mail;Zgoda e-mail;Zgoda SMS;Data modyfikacji\n7;zgoda@sklep.test;tak;nie;1.03.2026\n"
    )
    (tmp_path / "calls.csv").write_text("mail,what,when,who\nzgoda@sklep.test,Call Received,2026-03-02,Ewa\n")
    (tmp_path / "calls.toml").write_text(
        'source = "calls"\nname = { column = "what" }\ntime = "when"\n'
        '[identifiers]\nemail = "mail"\n[properties]\nagent = "who"\n'
    )
    assert run("ingest", "--guess", "zgody.csv", cwd=tmp_path).status == 0
    assert run("ingest", "zgody.csv", "calls.csv", cwd=tmp_path, store=embedded.url).status == 0
    with Engine.open(embedded.url) as engine:
        found = engine.profile("record:zgody/7")
    states = {channel: (said["state"], said["at"][:10]) for channel, said in found["consent"].items()}
    assert states == {"email": ("granted", "2026-03-01"), "sms": ("withdrawn", "2026-03-01")}
    assert (found["timeline"][0]["name"], found["timeline"][0]["properties"]["agent"]) == ("Call Received", "Ewa")


def test_the_three_customers_of_each_real_table_stay_three_by_a_guessed_mapping(tmp_path: Path) -> None:
    with servers.run_embedded(tmp_path / "store") as server:
        for name in ("b2b_profiles.csv", "b2c_profiles.csv"):
            shutil.copy(Path(samples.__file__).with_name(name), tmp_path)
        assert run("ingest", "--guess", "b2b_profiles.csv", "b2c_profiles.csv", cwd=tmp_path).status == 0
        assert run("ingest", "b2b_profiles.csv", "b2c_profiles.csv", cwd=tmp_path, store=server.url).status == 0
        assert len(run("customers", "--json", cwd=tmp_path, store=server.url).json) == 6
        named = run("profile", "email:igor@rarus.ru", "--json", cwd=tmp_path, store=server.url).json
        assert (named["company"]["name"], named["traits"]["full_name"]["value"]) == ("MilkaKozha", "Игорь")
        again = run("ingest", "--guess", "b2b_profiles.csv", cwd=tmp_path)
        assert (again.status, "is there already" in again.err) == (2, True)


def _kill_when_begun(path: Path, server: servers.Server) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("GRAPH_CDP_")}
    loading = subprocess.Popen([COMMAND, "ingest", path, "--store", server.url], env=env, stdout=subprocess.DEVNULL)
    with contextlib.ExitStack() as stack:
        stack.callback(loading.wait)
        stack.callback(loading.send_signal, signal.SIGKILL)
        until_kept = retry(
            retry=retry_if_result(lambda kept: not kept), stop=stop_after_delay(120), wait=wait_fixed(0.05)
        )
        until_kept(places)(server)
        assert loading.poll() is None, f"loaded before it could be killed: more than {EVERY} batches are needed"
