"""What all commands share: the program, its options, and how a store is opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graph_cdp import terminal
from graph_cdp.errors import StoreError
from graph_cdp.offline import policy_from

if TYPE_CHECKING:
    from graph_cdp.engine import Engine
    from graph_cdp.past.moment import Moment

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    epilog="Settings such as GRAPH_CDP_STORE come from the environment. Begin with: graph-cdp demo",
)
policy_app = typer.Typer(no_args_is_help=True, help="Shows the rules in force, or checks a file of rules.")
app.add_typer(policy_app, name="policy")

Store = Annotated[
    str | None, typer.Option(metavar="URL", help="embedded:DIR, bolt://HOST:PORT or neo4j://HOST:PORT, /DATABASE.")
]
NoStore = Annotated[str | None, typer.Option("--store", hidden=True, help="Every command takes it; not needed here.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
AsLines = Annotated[bool, typer.Option("--ndjson", help="Answer with one JSON object a line.")]
PolicyFile = Annotated[Path | None, typer.Option("--policy", metavar="FILE", help="The policy to use (TOML).")]
Limit = Annotated[int, typer.Option(min=1, metavar="N", help="Show so many at most.")]
Key = Annotated[str, typer.Argument(metavar="KEY", help="A key, as in email:ann@example.com.", show_default=False)]
Author = Annotated[
    str | None, typer.Option("--author", metavar="NAME", help="Who says so; without it, who you are logged in as.")
]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="TIME", help="As what had happened by then makes it (RFC 3339, UTC).")
]
ToldBy = Annotated[
    str | None, typer.Option("--told-by", metavar="TIME", help="As what had been told by then makes it.")
]


@contextmanager
def opened(store: str | None, *, finishing: bool = False, asking: bool = False) -> Iterator[Engine]:
    """The engine of a store; with `finishing` a relink that was killed is finished first.

    Where it is only `asking`, an embedded store has to be there: a mistyped path makes none. Raises `StoreError`.
    """
    from graph_cdp import settings  # noqa: PLC0415 - as the next line
    from graph_cdp.engine import Engine  # noqa: PLC0415 - what needs no store starts without its driver, in half the time

    given = settings.read()
    policy = policy_from(given.policy) if given.policy else None
    if asking:
        _check_there(store or given.store)
    password = given.store_password.get_secret_value() if given.store_password else None
    secret = given.id_secret.get_secret_value() if given.id_secret else None
    with Engine.open(store or given.store, given.store_user, password, policy, secret) as engine:
        if finishing and engine.has_unfinished_relink():
            terminal.err.print("finishing the relink that was broken off ...")
            with terminal.progress("relinking") as progress:
                engine.relink(None, progress)
        yield engine


def _check_there(url: str) -> None:
    folder = Path(url.removeprefix("embedded:")).expanduser()
    if url.startswith("embedded:") and url != "embedded:" and not folder.exists():
        raise StoreError(f"{folder}: there is no store (check the path, or load something first: graph-cdp ingest)")


def moment_of(as_of: str | None, told_by: str | None) -> Moment | None:
    """The moment that a question is about; None for the present."""
    from graph_cdp.past.moment import Moment  # noqa: PLC0415 - as above

    return Moment.named(as_of, told_by)
