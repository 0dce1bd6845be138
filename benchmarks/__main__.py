"""`python -m benchmarks [resolve|ingest|sending|http|parsing|growth|segments]`: all but the last two without a name.

Nothing is asserted; results go to `results/`.
"""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from benchmarks import growth, http, ingest, parsing, resolve, results, sending

app = typer.Typer(add_completion=False)
Which = Literal["all", "resolve", "ingest", "sending", "http", "parsing", "growth", "segments"]


def _segments(customers: int) -> results.Result:
    from benchmarks import segments  # noqa: PLC0415 - it needs the packages of the group bench

    return segments.measure(customers)


@app.command()
def main(
    which: Annotated[Which, typer.Argument(help="What to measure.")] = "all",
    links: Annotated[int, typer.Option(min=1000, help="How many links to resolve, or to grow to.")] = 1_000_000,
    messages: Annotated[int, typer.Option(min=100, help="How many messages to ingest.")] = 50_000,
    customers: Annotated[int, typer.Option(min=100, help="How many customers to count segments over.")] = 100_000,
    rounds: Annotated[int, typer.Option(min=20, help="How often to ask over HTTP.")] = 200,
) -> None:
    """Measures, prints tables, and keeps them in benchmarks/results."""
    for name, measure, amount in (
        ("resolve", resolve.measure, links),
        ("ingest", ingest.measure, messages),
        ("sending", sending.measure, messages),
        ("http", http.measure, rounds),
        ("parsing", parsing.measure, messages),
        ("growth", growth.measure, links),
        ("segments", _segments, customers),
    ):
        # These fill graphs on both servers for half an hour, so that only who asks for them waits for them.
        if which == name or (which == "all" and name not in ("growth", "segments")):
            result = measure(amount)
            results.show(result)
            results.keep(result)


if __name__ == "__main__":
    app()
