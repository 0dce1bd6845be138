"""Dead letters: filtered, exported, corrected and taken again, by the installed command."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph_cdp.engine import Engine
from graph_cdp.errors import UsageError
from graph_cdp.state import Letters
from tests import servers
from tests.commands import Said, run

MAPPING = 'source = "{}"\n[identifiers]\nrecord = "id"\nemail = "mail"\n[consent]\nemail = "news"\n'
BAD = {"type": "track", "event": "Seen", "userId": "fixed", "messageId": "f1", "timestamp": "31/31/2026"}


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    with servers.run_embedded(tmp_path_factory.mktemp("letters") / "store") as server:
        yield server


@pytest.fixture
def engine(embedded: servers.Server, tmp_path: Path) -> Iterator[Engine]:
    with Engine.open(embedded.url) as opened:
        yield opened


def load(engine: Engine, path: Path, mapping: Path | None = None) -> None:
    for _ in engine.load(engine.read(path, mapping)):
        pass


def test_a_message_is_exported_corrected_and_taken_again_once(
    engine: Engine, embedded: servers.Server, tmp_path: Path
) -> None:
    def rejected(*arguments: object) -> Said:
        return run("rejected", *arguments, cwd=tmp_path, store=embedded.url)

    (tmp_path / "bad.ndjson").write_text(json.dumps(BAD) + "\n{\n")
    load(engine, tmp_path / "bad.ndjson")
    assert rejected("--place", "bad.ndjson", "--to", "letters.ndjson").status == 0
    exported = map(json.loads, (tmp_path / "letters.ndjson").read_text().splitlines())
    letters = sorted(exported, key=lambda letter: letter["place"])
    assert [letter["place"].rpartition("/")[2] for letter in letters] == ["bad.ndjson:1", "bad.ndjson:2"]
    mended = [letters[0] | {"raw": json.dumps(BAD | {"timestamp": "2026-01-31"})}, letters[0] | {"uid": "unknown"}]
    (tmp_path / "mended.ndjson").write_text("\n".join(map(json.dumps, mended)))
    again = rejected("--retry", "--corrected", "mended.ndjson", "--json")
    assert {name: count for name, count in again.json.items() if count} == {"created": 1, "rejected": 1}
    assert "no dead letter of these has this uid" in again.err
    assert [row["place"].rpartition(":")[2] for row in engine.rejected(9, which=Letters(place="bad.ndjson"))] == ["2"]
    assert engine.profile("user_id:fixed")["timeline"][0]["at"] == "2026-01-31T00:00:00.000000Z"


def test_rows_are_taken_again_by_a_corrected_mapping(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("id,mail,news,code\n,,yes,7\n")
    (tmp_path / "m.toml").write_text(MAPPING.format("rows"))
    load(engine, tmp_path / "rows.csv", tmp_path / "m.toml")
    (letter,) = engine.rejected(9, which=Letters(source="rows"))
    assert json.loads(letter["raw"]) == {"id": "", "mail": "", "news": "yes", "code": "7"}
    ((_, refused),) = engine.retry_rejected([letter["uid"]])
    assert (refused.outcome, "give its mapping" in str(refused.reason)) == ("rejected", True)
    (tmp_path / "m.toml").write_text(MAPPING.format("rows").replace('"id"', '"code"'))
    ((_, taken),) = engine.retry_rejected([letter["uid"]], mapping=tmp_path / "m.toml")
    assert (taken.outcome, engine.rejected(9, which=Letters(source="rows"))) == ("created", [])
    assert {event["name"] for event in engine.profile("record:rows/7")["timeline"]} == {"rows", "Consent Given"}


def test_dead_letters_are_filtered_by_source_reason_place_and_time(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "few.ndjson").write_text('{"type": "page", "source": "web"}\n{"type": "walk", "source": "app"}\n')
    load(engine, tmp_path / "few.ndjson")

    def found(**which: str) -> int:
        return len(engine.rejected(9, which=Letters(**({"place": "few.ndjson"} | which))))

    assert (found(), found(source="web"), found(reason="unknown"), found(place="few.ndjson:2")) == (2, 1, 1, 1)
    tomorrow, yesterday = Letters.between("9998-01-01", ""), Letters.between("", "2020-01-01")
    assert (engine.rejected(9, which=tomorrow), engine.rejected(9, which=yesterday)) == ([], [])
    with pytest.raises(UsageError, match="no time"):
        Letters.between("yesterday", "")


@pytest.mark.parametrize("command", [("status",), ("profile", "user_id:1"), ("rejected",), ("customers",)])
def test_a_mistyped_path_makes_no_store(tmp_path: Path, command: tuple[str, ...]) -> None:
    said = run(*command, "--store", "embedded:mistyped", cwd=tmp_path)
    assert (said.status, said.sentence.startswith("mistyped: there is no store")) == (1, True)
    assert list(tmp_path.iterdir()) == []
