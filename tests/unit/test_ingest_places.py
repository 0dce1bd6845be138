"""Files, folders and patterns; what is found out about a file; files larger than the memory that reading takes."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import polars
import pytest

from graph_cdp.errors import InputError
from graph_cdp.ingest import Reading, files_of, load_mapping, read
from graph_cdp.ingest.json_files import json_records
from graph_cdp.model import Observation
from graph_cdp.policy import default_policy

POLICY = default_policy()
MAPPING = 'source = "crm"\n[identifiers]\nrecord = "id"\n[traits]\ncity = "town"\n'


def table(folder: Path, data: bytes, name: str = "t.csv") -> Reading:
    (folder / "m.toml").write_text(MAPPING)
    (folder / name).write_bytes(data)
    return read(folder / name, policy=POLICY, mapping=load_mapping(folder / "m.toml"), received_at=7)


def towns(reading: Reading) -> list[object]:
    return [seen.traits["city"] for seen in reading if isinstance(seen, Observation)]


def named(folder: Path, *given: str) -> list[str]:
    return [one.place if isinstance(one, InputError) else str(one.relative_to(folder)) for one in files_of(given)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.ndjson", "a.csv.gz", "inner/c.parquet", "notes.txt", ".hidden/d.json", "map.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "empty").mkdir()
    return tmp_path


def test_a_folder_is_all_files_below_it_that_can_be_loaded(folder: Path) -> None:
    assert named(folder, str(folder)) == ["a.csv.gz", "b.ndjson", "inner/c.parquet"]


def test_a_pattern_is_what_it_matches_and_crosses_folders_with_two_stars(folder: Path) -> None:
    assert named(folder, f"{folder}/*.ndjson", f"{folder}/**/*.parquet") == ["b.ndjson", "inner/c.parquet"]


def test_a_file_that_is_meant_twice_is_one(folder: Path) -> None:
    assert named(folder, f"{folder}/b.ndjson", f"{folder}/*.ndjson") == ["b.ndjson"]


def test_a_name_with_brackets_is_itself_where_there_is_such_a_file(folder: Path) -> None:
    (folder / "x[1].csv").touch()
    assert named(folder, f"{folder}/x[1].csv") == ["x[1].csv"]


@pytest.mark.parametrize("given", ["*.xlsx", "empty"])
def test_where_nothing_is_meant_the_others_are_kept_and_it_is_said(folder: Path, given: str) -> None:
    assert named(folder, f"{folder}/{given}", f"{folder}/b.ndjson") == [f"{folder}/{given}", "b.ndjson"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-8", "utf-8-sig"])
def test_utf_16_is_read_without_a_mark_too_and_what_was_found_is_kept(tmp_path: Path, encoding: str) -> None:
    reading = table(tmp_path, "id;town\n1;Łódź\n2;Київ\n".encode(encoding))
    assert towns(reading) == ["Łódź", "Київ"]
    assert reading.found.encoding == encoding.removesuffix("-sig")
    assert (reading.found.delimiter, reading.found.header) == (";", 1)
    assert reading.found.has_mark == (encoding in ("utf-16", "utf-8-sig"))


def test_a_title_above_the_header_is_no_header(tmp_path: Path) -> None:
    reading = table(tmp_path, "Customers of the year;\n\nid;town\n1;Łódź\n".encode())
    assert (towns(reading), reading.found.header) == (["Łódź"], 3)


def test_a_table_of_one_column_begins_with_its_header(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text('source = "crm"\n[identifiers]\nemail = "mail"\n')
    (tmp_path / "t.csv").write_text("mail\na@x.pl\nb@x.pl\n")
    reading = read(tmp_path / "t.csv", policy=POLICY, mapping=load_mapping(tmp_path / "m.toml"), received_at=7)
    assert len(list(reading)) == 2


def test_a_packed_parquet_file_is_unpacked(tmp_path: Path) -> None:
    polars.DataFrame({"id": [1], "town": ["Łódź"]}).write_parquet(tmp_path / "plain.parquet")
    packed = gzip.compress((tmp_path / "plain.parquet").read_bytes())
    assert towns(table(tmp_path, packed, "t.parquet.gz")) == ["Łódź"]


def test_records_that_were_loaded_before_are_skipped_without_being_looked_at(tmp_path: Path) -> None:
    reading = table(tmp_path, b"id,town\n1,A\n2,B\n3,C\n")
    reading.since = "2"
    assert towns(reading) == ["C"]


def test_the_mark_of_a_load_tells_contents_and_mappings_apart(tmp_path: Path) -> None:
    one = table(tmp_path, b"id,town\n1,A\n").sent.mark()
    assert one == table(tmp_path, b"id,town\n1,A\n", "other.csv").sent.mark()
    assert one != table(tmp_path, b"id,town\n1,B\n").sent.mark()


def test_values_of_an_array_are_told_apart_wherever_the_window_ends(tmp_path: Path) -> None:
    values = [{"n": number, "text": "ł" * (number * 37 % 9000)} for number in range(300)] + [12345678901234]
    (tmp_path / "a.json").write_text(json.dumps(values, ensure_ascii=False, indent=1))
    read_back = list(json_records(tmp_path / "a.json"))
    assert [record.value for record in read_back] == values
    lines = (tmp_path / "a.json").read_text().split("\n")
    assert all("{" in lines[record.number - 1] for record in read_back[:-1])


MEGABYTES = 30
LOADED = """
import resource, sys
from pathlib import Path
from graph_cdp.ingest import load_mapping, read
from graph_cdp.policy import default_policy
path = Path(sys.argv[1])
mapping = load_mapping(Path(sys.argv[2])) if path.suffix == ".csv" else None
number = sum(1 for _ in read(path, policy=default_policy(), mapping=mapping, received_at=0))
print(number, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.parametrize("name", ["large.ndjson", "large.json", "large.csv"])
def test_a_large_file_is_read_in_the_memory_that_a_small_one_takes(tmp_path: Path, name: str) -> None:
    (tmp_path / "m.toml").write_text(MAPPING)
    small, large = (_memory(tmp_path, megabytes, name) for megabytes in (1, MEGABYTES))
    assert large - small < MEGABYTES / 2, f"{small} MB for a small file, {large} MB for {MEGABYTES} MB"


def _memory(folder: Path, megabytes: int, name: str) -> int:
    path, rows = folder / name, megabytes * 100
    with path.open("w") as file:
        file.write({"csv": "id,town\n", "json": "["}.get(name.rpartition(".")[2], ""))
        for row in range(rows):
            town = f"{row}-" + "x" * 10_400
            message = json.dumps({"type": "identify", "userId": str(row), "traits": {"city": town}})
            file.write(
                {"csv": f"{row},{town}\n", "json": message + ("," if row + 1 < rows else "]")}.get(
                    name.rpartition(".")[2], message + "\n"
                )
            )
    said = subprocess.run(
        [sys.executable, "-c", LOADED, path, folder / "m.toml"], check=True, capture_output=True, text=True
    )
    number, peak = map(int, said.stdout.split())
    assert number == rows
    return peak


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("kafka://b:9092/t", "kafka://b:9092/t: is no file and no database (topics are read by graph-cdp consume URL)"),
        ("http://h/x.csv?key=s", "http://h/x.csv: files are not fetched from other machines (download it"),
        ("S3://me:secret@h/x.csv", "h/x.csv: files are not fetched"),
    ],
)
def test_an_address_that_is_no_database_is_refused_with_what_to_do_and_without_its_secrets(
    name: str, says: str
) -> None:
    (refused,) = files_of([name])
    assert str(refused).startswith(says)


def test_a_table_that_is_not_there_is_told_so_with_a_mapping_and_without(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no\.csv: there is no such file \(check the path\)"):
        read(tmp_path / "no.csv", policy=POLICY, received_at=7)
