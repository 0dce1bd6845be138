"""The graph itself: what stands around a node, all of a customer, the way between two identifiers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response

from graph_cdp.keeping import Made
from graph_cdp_api import schemas
from graph_cdp_api.answers import Json, plain, written
from graph_cdp_api.keys import needs
from graph_cdp_api.parameters import From, Id, Key, Then, To, moved
from graph_cdp_api.problems import SharedError
from graph_cdp_api.wiring import TheAnswers, TheEngine

router = APIRouter(
    prefix="/graph",
    tags=["graph"],
    dependencies=[Depends(needs("read"))],
    responses=schemas.problems(400, 401, 403, 404, 503),
)

Depth = Annotated[int, Query(ge=1, le=4, description="So many relationships away at most.")]
Nodes = Annotated[int, Query(ge=1, le=1000, description="So many nodes at most.")]
Longest = Annotated[int, Query(ge=1, le=12, description="So many relationships at most.")]


@router.get("/neighbours/{key}", responses=schemas.answers(schemas.PartOfGraph))
def neighbours(key: Key, answers: TheAnswers, moment: Then, depth: Depth = 1, limit: Nodes = 200) -> Response:
    """The graph around an identifier. Shared identifiers, products, shops and companies are shown and not walked past.

    `truncated` says that there is more than is told. As of a time it has identifiers, customers, links and events.
    """

    def make() -> Made[bytes]:
        return Made(written(answers.engine.neighbours(key, depth, limit, moment)))

    return plain(answers.kept.ask(("neighbours", key, depth, limit, moment), make))


@router.get(
    "/customers/{id}",
    responses=schemas.answers(schemas.PartOfGraph) | schemas.problems(300) | schemas.MOVED,
)
def customer(id: Id, request: Request, engine: TheEngine, moment: Then, limit: Nodes = 500) -> JSONResponse:
    """A customer with its identifiers, their links, and what they bought and were seen with.

    As of a time it is the one whom its oldest identifier of today belonged to, with identifiers, links and events.
    """
    found = engine.customer_graph(id, limit, moment)
    if found.pop("kind") == "shared":
        raise SharedError(engine.candidates(id))
    today = str(found.pop("customer"))
    found.pop("key")
    return Json(found) if today == id else moved("/graph/customers/", today, request.url.query)


@router.get("/path", responses=schemas.answers(schemas.PartOfGraph))
def path(from_: From, to: To, engine: TheEngine, longest: Longest = 8) -> JSONResponse:
    """A shortest way between two identifiers over links (refused ones too), shared identifiers and employers.

    Where there is none, both lists are empty. Why two identifiers are one customer is another question: /why.
    """
    return Json(engine.path(from_, to, longest))
