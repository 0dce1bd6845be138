"""Answers are kept while nothing has happened that they are made of, and no longer."""

from __future__ import annotations

import time
from threading import Event, Thread
from typing import Any

import pytest

from graph_cdp.keeping import Kept, Made, about
from graph_cdp.store.news import News

NOON = 1_800_000_000.0


class Notes:
    """What transactions have noted, as the statements answer it."""

    def __init__(self) -> None:
        self.born, self.told, self.asked = "first", list[list[str]](), 0
        self.forgotten = 0

    def tell(self, *customers: str) -> None:
        self.told.append(list(customers))

    def ask(self, name: str, after: int = 0) -> list[dict[str, Any]]:
        self.asked += 1
        rows = [{"number": number, "customers": each} for number, each in enumerate(self.told, start=1)]
        if name == "read/touches":
            return [row for row in rows if row["number"] > max(after, self.forgotten)]
        return [{"number": len(rows), "born": self.born}] if rows else []


class Counted:
    """Says how often it was made."""

    def __init__(self, about: str | None = None, until: float = float("inf")) -> None:
        self.times, self.about, self.until = 0, about, until

    def __call__(self) -> Made[str]:
        self.times += 1
        return Made(f"answer {self.times}", self.about, self.until)


@pytest.fixture
def notes() -> Notes:
    notes = Notes()
    notes.tell("somebody")
    return notes


@pytest.fixture
def kept(notes: Notes) -> Kept[str]:
    return Kept(News(notes.ask), len, clock=lambda: NOON)


def test_an_answer_holds_while_nothing_is_told(kept: Kept[str]):
    make = Counted()
    assert [kept.ask("a", make) for _ in range(3)] == ["answer 1"] * 3


def test_an_answer_about_many_is_made_anew_whoever_is_told_of(kept: Kept[str], notes: Notes):
    make = Counted()
    kept.ask("a", make)
    notes.tell("ann")
    assert kept.ask("a", make) == "answer 2"


def test_an_answer_about_one_is_made_anew_when_that_one_is_told_of(kept: Kept[str], notes: Notes):
    make = Counted(about="ann")
    kept.ask("a", make)
    notes.tell("ben")
    notes.tell("eve", "ann")
    assert kept.ask("a", make) == "answer 2"


def test_an_answer_about_one_outlives_what_is_told_of_others(kept: Kept[str], notes: Notes):
    make = Counted(about="ann")
    kept.ask("a", make)
    for other in ("ben", "eve"):
        notes.tell(other)
        assert kept.ask("a", make) == "answer 1"


def test_a_note_about_everybody_is_about_each(kept: Kept[str], notes: Notes):
    make = Counted(about="ann")
    kept.ask("a", make)
    notes.tell("*")
    assert kept.ask("a", make) == "answer 2"
    notes.tell("ben")
    assert kept.ask("a", make) == "answer 2"


def test_notes_that_are_forgotten_may_have_been_about_anybody(kept: Kept[str], notes: Notes):
    make = Counted(about="ann")
    kept.ask("a", make)
    notes.tell("ann")
    notes.tell("ben")
    notes.forgotten = 2
    assert kept.ask("a", make) == "answer 2"


def test_more_notes_than_are_worth_reading_may_have_been_about_anybody(kept: Kept[str], notes: Notes):
    make = Counted(about="ann")
    kept.ask("a", make)
    for _ in range(1000):
        notes.tell("ben")
    assert kept.ask("a", make) == "answer 2"


def test_of_more_customers_than_are_remembered_it_may_have_been_anybody(kept: Kept[str], notes: Notes):
    make = Counted(about="ann")
    kept.ask("a", make)
    for part in range(3):
        notes.tell(*(f"{part}-{number}" for number in range(50_000)))
    assert kept.ask("a", make) == "answer 2"


@pytest.mark.parametrize("about", [None, "ann"])
def test_another_graph_with_as_many_transactions_is_another(kept: Kept[str], notes: Notes, about: str | None):
    make = Counted(about)
    kept.ask("a", make)
    notes.born = "second"
    assert kept.ask("a", make) == "answer 2"


def test_what_time_moves_holds_until_then(notes: Notes):
    now = NOON
    kept, make = Kept[str](News(notes.ask), len, clock=lambda: now), Counted(until=NOON + 10)
    kept.ask("a", make)
    now = NOON + 9
    assert kept.ask("a", make) == "answer 1"
    now = NOON + 10
    assert kept.ask("a", make) == "answer 2"


def test_an_answer_from_before_the_clock_was_set_back_is_made_anew(notes: Notes):
    now = NOON
    kept, make = Kept[str](News(notes.ask), len, clock=lambda: now), Counted()
    kept.ask("a", make)
    now = NOON - 1
    assert kept.ask("a", make) == "answer 2"


def test_what_is_told_while_an_answer_is_made_is_not_taken_for_known(kept: Kept[str], notes: Notes):
    def make() -> Made[str]:
        notes.tell("ann")
        return Made("of before")

    kept.ask("a", make)
    assert kept.ask("a", lambda: Made("of now")) == "of now"


def test_room_is_bounded_and_what_does_not_fit_is_answered_all_the_same(notes: Notes):
    kept = Kept[str](News(notes.ask), len, room=10)
    small = Counted()
    assert kept.ask("large", lambda: Made("x" * 11)) == "x" * 11
    kept.ask("small", small)
    kept.ask("other", Counted())
    assert kept.ask("small", small) == "answer 2"


def test_an_error_is_kept_by_nobody(kept: Kept[str]):
    def fail() -> Made[str]:
        raise KeyError("nobody")

    with pytest.raises(KeyError):
        kept.ask("a", fail)
    assert kept.ask("a", Counted()) == "answer 1"


def test_one_question_answers_all_who_came_before_it_was_asked(notes: Notes):
    hold, waiting = Event(), Event()

    def slow(name: str, **given: int) -> list[dict[str, Any]]:
        found = notes.ask(name, **given)
        waiting.set()
        hold.wait(10)
        return found

    news = News(slow)
    clients = [Thread(target=news.mark) for _ in range(8)]
    clients[0].start()
    waiting.wait(10)
    for client in clients[1:]:
        client.start()
    time.sleep(0.2)  # until all of them wait
    hold.set()
    for client in clients:
        client.join(10)
    assert notes.asked == 2  # the first, and one of those who came meanwhile for all of them


@pytest.mark.parametrize(
    ("profile", "whose"),
    [
        ({"identifiers": [{"shared": False}], "company": None, "household": [], "warnings": []}, "c1"),
        ({"identifiers": [{"shared": True}], "company": None, "household": [], "warnings": []}, None),
        ({"identifiers": [{"shared": False}], "company": {"key": "x"}, "household": [], "warnings": []}, None),
        ({"identifiers": [{"shared": False}], "company": None, "household": [{}], "warnings": []}, None),
        ({"identifiers": [{"shared": False}], "company": None, "household": [], "warnings": [{}]}, None),
        ({"traits": {}}, None),
    ],
)
def test_a_profile_in_which_nobody_else_is_seen_is_about_one(profile: dict[str, Any], whose: str | None):
    assert about({"customer_id": "c1", **profile}) == whose
