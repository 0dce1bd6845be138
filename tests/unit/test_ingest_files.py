"""Files to messages: endings, encodings, broken lines."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_cdp.errors import InputError
from graph_cdp.ingest import read
from graph_cdp.ingest.files import KEPT, LONGEST_LINE
from graph_cdp.ingest.json_files import json_records
from graph_cdp.model import Observation, Rejection
from graph_cdp.normalise import Unusable
from graph_cdp.policy import default_policy

POLICY = default_policy()


def message(user: object) -> str:
    return json.dumps({"type": "identify", "userId": user, "traits": {"city": "Łódź"}}, ensure_ascii=False)


def load(folder: Path, data: str | bytes, name: str = "m.ndjson") -> list[Observation | Rejection]:
    file = folder / name
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return list(read(file, policy=POLICY, received_at=7))


def users(seen: list[Observation | Rejection]) -> list[str]:
    return [it.keys[0].removeprefix("user_id:") for it in seen if isinstance(it, Observation)]


def rejections(seen: list[Observation | Rejection]) -> list[tuple[str, str]]:
    return [(Path(it.place).name, it.reason) for it in seen if isinstance(it, Rejection)]


@pytest.mark.parametrize("name", ["m.ndjson", "m.jsonl", "M.NDJSON", "m.json"])
def test_json_lines_are_read_whatever_they_are_called(tmp_path: Path, name: str) -> None:
    assert users(load(tmp_path, f"{message(1)}\n{message(2)}\n", name)) == ["1", "2"]


@pytest.mark.parametrize("name", ["m.ndjson.gz", "m.json.gz"])
def test_a_packed_file_is_unpacked(tmp_path: Path, name: str) -> None:
    assert users(load(tmp_path, gzip.compress(message(1).encode()), name)) == ["1"]


def test_a_json_file_may_be_an_array_or_one_message(tmp_path: Path) -> None:
    assert users(load(tmp_path, f"[{message(1)},\n {message(2)}]\n", "m.json")) == ["1", "2"]
    assert users(load(tmp_path, message(3), "m.json")) == ["3"]


def test_a_mistake_in_a_json_array_is_placed_and_what_stands_before_it_is_read(tmp_path: Path) -> None:
    seen = load(tmp_path, f"[\n{message(1)},\n5,\n{{oops}},\n{message(2)}]", "m.json")
    assert users(seen) == ["1"]
    assert [place for place, _ in rejections(seen)] == ["m.json:3", "m.json:4"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path: Path, encoding: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-le" else ""
    seen = load(tmp_path, (mark + message(1) + "\n" + message(2)).encode(encoding))
    assert users(seen) == ["1", "2"]
    assert isinstance(seen[0], Observation) and seen[0].traits["city"] == "Łódź"


def test_a_line_that_is_not_utf_8_is_rejected_and_the_rest_loads(tmp_path: Path) -> None:
    seen = load(tmp_path, message(1).encode() + b"\n" + message(2).encode("cp1250") + b"\n" + message(3).encode())
    assert users(seen) == ["1", "3"]
    ((place, reason),) = rejections(seen)
    assert (place, reason.partition(":")[0]) == ("m.ndjson:2", "not valid UTF-8")


def test_bytes_that_are_not_utf_8_are_kept_escaped(tmp_path: Path) -> None:
    (rejection,) = load(tmp_path, b'{"a": "\xa3"}\n')
    assert isinstance(rejection, Rejection) and rejection.raw == '{"a": "\\xa3"}\n'


@pytest.mark.parametrize("line", ["{", "nonsense", '{"a": 1} x', "[1]", "5", '"x"', "{" + '"a":{' * 5_000, "9" * 5_000])
def test_a_broken_line_is_rejected_and_the_rest_loads(tmp_path: Path, line: str) -> None:
    seen = load(tmp_path, f"{message(1)}\n{line}\n{message(2)}\n")
    assert (users(seen), [place for place, _ in rejections(seen)]) == (["1", "2"], ["m.ndjson:2"])


def test_a_line_without_an_end_is_no_accident(tmp_path: Path) -> None:
    assert users(load(tmp_path, message(1))) == ["1"]


def test_blank_lines_count_as_lines_and_are_no_messages(tmp_path: Path) -> None:
    seen = load(tmp_path, f"\n{message(1)}\r\n  \n{{\n")
    assert (users(seen), [place for place, _ in rejections(seen)]) == (["1"], ["m.ndjson:4"])


@pytest.mark.parametrize("data", ["", "\n", "a"])
def test_a_tiny_file_is_read(tmp_path: Path, data: str) -> None:
    assert len(load(tmp_path, data)) == (1 if data == "a" else 0)


def test_an_endless_line_is_rejected_and_the_rest_loads(tmp_path: Path) -> None:
    seen = load(tmp_path, b"x" * (LONGEST_LINE * 2 + 5) + b"\n" + message(1).encode() + b"\n")
    assert users(seen) == ["1"]
    assert rejections(seen) == [("m.ndjson:1", f"longer than {LONGEST_LINE} bytes")]


def test_no_more_than_32_kb_of_a_rejected_line_are_kept(tmp_path: Path) -> None:
    (rejection,) = load(tmp_path, b"\xff" * KEPT + b"\n")
    assert isinstance(rejection, Rejection) and len(rejection.raw.encode()) == KEPT


def test_the_place_is_the_path_as_it_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("m.ndjson").write_text("{\n")
    (rejection,) = read(Path("m.ndjson"), policy=POLICY, received_at=7)
    assert isinstance(rejection, Rejection) and rejection.place == "m.ndjson:1"


@pytest.mark.parametrize("name", ["m.xlsx", "m", "m.gz", "m.ndjson.zip"])
def test_an_unknown_ending_is_refused_with_the_known_ones(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"known are \.ndjson"):
        load(tmp_path, "", name)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.ndjson: there is no such file"):
        list(read(tmp_path / "none.ndjson", policy=POLICY, received_at=7))


def test_a_file_that_is_not_packed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the compressed file is broken"):
        load(tmp_path, message(1), "m.ndjson.gz")


def test_of_a_packed_file_that_breaks_off_what_was_good_is_loaded(tmp_path: Path) -> None:
    packed = gzip.compress(
        "".join(message(f"{number:x}-{hash(number * 7919)}") + "\n" for number in range(5_000)).encode()
    )
    seen = load(tmp_path, packed[: len(packed) // 2], "m.ndjson.gz")
    assert len(users(seen)) > 100
    assert rejections(seen)[-1][1] == "the compressed file is broken from here on"


def test_a_source_that_would_break_keys_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="source"):
        read(tmp_path / "m.ndjson", policy=POLICY, source="a/b", received_at=7)


def test_splitting_a_file_changes_no_observation(tmp_path: Path) -> None:
    whole = load(tmp_path, f"{message(1)}\n{message(2)}\n")
    assert whole == load(tmp_path, message(1), "a.ndjson") + load(tmp_path, message(2), "b.json")


@given(st.lists(st.binary(max_size=60)))
def test_any_bytes_end_in_observations_and_rejections(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes]
) -> None:
    folder = tmp_path_factory.getbasetemp()
    lines = b"\n".join(pieces)
    for it in load(folder, lines, "any.ndjson") + load(folder, lines, "any.json"):
        assert isinstance(it, Observation) or (it.reason and it.place)


@pytest.mark.parametrize("text", ['[{"type": "identify", "userId": "5"}', '[{"a": 1},', "["])
def test_an_array_that_does_not_end_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "cut.json"
    path.write_text(text)
    last = list(json_records(path))[-1].value
    assert isinstance(last, Unusable)
    assert "cut off" in last.reason
