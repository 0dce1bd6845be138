"""An answer that is kept is the one that would be made now, whatever has happened; on both servers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from graph_cdp.engine import Engine
from graph_cdp.errors import GraphCdpError
from graph_cdp.keeping import Kept, Made
from graph_cdp.policy import Policy, default_policy
from graph_cdp.store.transaction import EVERYBODY
from tests import servers
from tests.docs.examples import messages

SEGMENTS = """
[segments.tea]
title = "Bought tea"
condition = 'any lines[category = "tea"]'

[segments.lately]
title = "Bought lately"
condition = "any orders in the last 30 days"
"""
ANN, BEN, EVE = "user_id:ann", "user_id:ben", "user_id:eve"


@pytest.fixture
def engine(server: servers.Server) -> Iterator[Engine]:
    servers.clear(server)
    policy = Policy(default_policy().text + SEGMENTS)
    with Engine.open(server.url, server.user, server.password, policy=policy, id_secret="secret") as engine:
        yield engine


class Watched:
    """A few questions that are asked again and again, of an engine that keeps its answers."""

    def __init__(self, engine: Engine, *keys: str) -> None:
        self.kept, self.made = Kept[str](engine.news, len), 0
        self.questions: dict[str, Callable[[], Made[str]]] = {}
        for key in keys:
            self.questions[f"profile {key}"] = lambda key=key: self.profile(engine, key)
            self.questions[f"around {key}"] = lambda key=key: self.made_of(engine.neighbours, key, 2, 200)
            self.questions[f"why {key}"] = lambda key=key: self.made_of(engine.why, key, keys[0])

    def profile(self, engine: Engine, key: str) -> Made[str]:
        self.made += 1
        try:
            made = engine.lasting_profile(key, None)
        except GraphCdpError as error:
            return Made(type(error).__name__)
        return made.turned(json.dumps(made.value))

    def made_of(self, question: Callable[..., Any], *given: Any) -> Made[str]:
        try:
            return Made(json.dumps(question(*given)))
        except GraphCdpError as error:
            return Made(type(error).__name__)

    def look(self) -> dict[str, str]:
        """All answers, of which each is the one that would be made now."""
        said = {name: self.kept.ask(name, make) for name, make in self.questions.items()}
        assert said == {name: make().value for name, make in self.questions.items()}
        return said


def bought(user: str, number: str, category: str = "", **more: Any) -> dict[str, Any]:
    line = {"product_id": "T-1", "name": "Earl Grey", "price": 10, **({"category": category} if category else {})}
    order = {"order_id": number, "total": 10, "currency": "PLN", "products": [line]}
    return {"type": "track", "userId": user, "event": "Order Completed", "properties": order, **more}


def test_whatever_is_told_decided_or_put_in_force_the_answers_are_those_of_now(engine: Engine) -> None:
    seen = Watched(engine, ANN, EVE, "email:home@example.com")
    mail = {"email": "home@example.com"}
    steps: list[tuple[str, Callable[[], Any]]] = [
        ("nothing yet", lambda: None),
        ("somebody", lambda: engine.accept([{"type": "identify", "userId": "ann", "traits": {"first_name": "Ann"}}])),
        ("an order", lambda: engine.accept([bought("ann", "1"), bought("ben", "2")])),
        ("the category of what others bought", lambda: engine.accept([bought("eve", "3", "tea")])),
        ("a late message", lambda: engine.accept([bought("ann", "4", timestamp="2025-01-01T00:00:00Z")])),
        ("what ann and ben share", lambda: engine.accept([_said("ann", mail), _said("ben", mail)])),
        ("who else has it", lambda: engine.accept([_said(f"other-{number}", mail) for number in range(6)])),
        ("an employer", lambda: engine.accept([_works("ann", "Firma")])),
        ("a colleague", lambda: engine.accept([_works("eve", "Firma")])),
        ("the company's own facts", lambda: engine.accept([_works("eve", "Firma", industry="tea")])),
        ("a decision", lambda: engine.decide("same", ANN, BEN, "it is she", "zoe")),
        ("its undo", lambda: engine.undo(engine.decided.all[-1].id, "it is not", "zoe")),
        ("a decision that moves nobody", lambda: engine.decide("different", ANN, EVE, "they are two", "zoe")),
        ("another policy", lambda: engine.relink(Policy(engine.policy.text.replace("limit = 1\n", "limit = 3\n", 1)))),
        ("everything made anew", lambda: engine.relink(rebuild=True)),
    ]
    before: dict[str, str] = {}
    same = []
    for name, step in steps:
        step()
        now = seen.look()
        same += [name] if now == before else []
        before = now
    # Otherwise there would be nothing to be kept wrongly.
    assert set(same) <= {"another policy", "everything made anew", "the company's own facts"}


def _said(user: str, traits: dict[str, Any]) -> dict[str, Any]:
    return {"type": "identify", "userId": user, "traits": traits}


def _works(user: str, company: str, **traits: Any) -> dict[str, Any]:
    return {"type": "group", "userId": user, "groupId": company, "traits": {"name": company, **traits}}


def test_predictions_of_a_model_that_is_fitted_are_seen(engine: Engine) -> None:
    people = [f"p{number}" for number in range(60)]
    engine.accept(
        [
            bought(who, f"{who}-{at}", timestamp=f"2025-{1 + (at * 3 + number) % 12:02}-{1 + number % 28:02}T00:00:00Z")
            for number, who in enumerate(people)
            for at in range(1 + number % 4)
        ]
    )
    seen = Watched(engine, "user_id:p7")
    without = json.loads(seen.look()["profile user_id:p7"])
    engine.crowd.fit_predictions()
    fitted = json.loads(seen.look()["profile user_id:p7"])
    assert without["predictions"] is None
    assert fitted["predictions"] is not None


def test_who_is_told_of_alone_is_made_anew_alone(engine: Engine) -> None:
    engine.accept([bought("ann", "1"), bought("ben", "2")])
    seen = Watched(engine, ANN)
    seen.look()
    made = seen.made
    engine.accept([bought("ben", "3"), bought("eve", "4")])
    seen.kept.ask(f"profile {ANN}", seen.questions[f"profile {ANN}"])
    assert seen.made == made


def test_a_transaction_that_writes_evidence_leaves_a_note_whoever_wrote_it(engine: Engine) -> None:
    mark = engine.news.mark()
    engine.graph.write(lambda transaction: transaction.run("write/setting", name="aside", value="x"))
    assert engine.news.mark() == mark
    engine.graph.write(lambda transaction: transaction.run("write/hang", rows=[]))
    assert engine.news.mark() != mark
    assert not engine.news.nothing_since(mark, "anybody")


def test_what_is_taken_in_names_those_of_whom_it_tells(engine: Engine) -> None:
    """A note about everybody would make every process count its segments anew."""
    number = engine.news.mark().number
    for message in messages("events.md"):
        engine.accept([message])
    rows = engine.graph.ask("read/touches", after=number)
    assert len(rows) > 30
    assert not [row for row in rows if EVERYBODY in row["customers"]]
