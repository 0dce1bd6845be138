"""Group commit: what waits goes together, nobody suffers for somebody else, and the queue has an end."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import wait
from threading import Barrier, Event

import pytest

from graph_cdp import gathering
from graph_cdp.errors import BusyError, StoreAwayError
from graph_cdp.gathering import Gathering


class Held:
    """Work that waits until it is let go, and notes the groups that it was given."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.begun, self.go = Event(), Event()

    def __call__(self, group: Sequence[str]) -> list[str]:
        self.groups.append(list(group))
        self.begun.set()
        assert self.go.wait(10)
        if "away" in group:
            raise StoreAwayError("nobody answers")
        if "bad" in group:
            raise ValueError("bad")
        return [word.upper() for word in group]


@pytest.fixture
def held() -> Held:
    return Held()


@pytest.fixture
def one_writer(held: Held) -> Gathering[str, str]:
    """A gathering whose only writer is at work on the request `first`."""
    made = Gathering[str, str](held, writers=1)
    made.put("first", 1)
    assert held.begun.wait(10)
    return made


def test_what_comes_while_a_writer_is_at_work_goes_together(held: Held, one_writer: Gathering[str, str]) -> None:
    futures = [one_writer.put(word, 1) for word in "abc"]
    held.go.set()
    assert [future.result(10) for future in futures] == ["A", "B", "C"]
    assert held.groups == [["first"], ["a", "b", "c"]]


def test_a_group_is_no_larger_than_it_may_be_unless_one_request_alone_is(held: Held, one_writer) -> None:
    one_writer.together = 5
    futures = [one_writer.put(word, size) for word, size in (("a", 2), ("b", 3), ("c", 1), ("d", 9), ("e", 1))]
    held.go.set()
    wait(futures, 10)
    assert held.groups[1:] == [["a", "b"], ["c"], ["d"], ["e"]]


def test_one_that_cannot_be_done_does_not_fail_the_others(held: Held, one_writer: Gathering[str, str]) -> None:
    futures = {word: one_writer.put(word, 1) for word in ("a", "bad", "b")}
    held.go.set()
    assert isinstance(futures["bad"].exception(10), ValueError)
    assert [futures[word].result(10) for word in "ab"] == ["A", "B"]


def test_where_the_store_is_away_all_are_told_at_once(held: Held, one_writer: Gathering[str, str]) -> None:
    futures = [one_writer.put(word, 1) for word in ("a", "away", "b")]
    held.go.set()
    assert all(isinstance(future.exception(10), StoreAwayError) for future in futures)
    assert len(held.groups) == 2


def test_what_is_more_than_the_queue_holds_is_refused_and_the_rest_is_done(
    held: Held, one_writer: Gathering[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "MOST_WAITING", 3)
    futures = [one_writer.put("a", 2), one_writer.put("b", 1)]
    with pytest.raises(BusyError):
        one_writer.put("c", 1)
    assert one_writer.waiting == 3
    held.go.set()
    assert [future.result(10) for future in futures] == ["A", "B"]
    assert one_writer.waiting == 0


def test_who_goes_away_while_waiting_is_left_out(held: Held, one_writer: Gathering[str, str]) -> None:
    gone, stays = one_writer.put("gone", 1), one_writer.put("stays", 1)
    assert gone.cancel()
    held.go.set()
    assert stays.result(10) == "STAYS"
    assert held.groups[1:] == [["stays"]]


def test_writers_work_beside_one_another_and_begin_again_after_they_have_ended() -> None:
    meeting = Barrier(2, timeout=10)

    def work(group: Sequence[str]) -> Sequence[str]:
        meeting.wait()
        return group

    made = Gathering[str, str](work, writers=2, together=1)
    for _ in range(3):
        assert [future.result(10) for future in [made.put("a", 1), made.put("b", 1)]] == ["a", "b"]
