"""`python -m graph_cdp.samples DIR --people N --seed S` writes the samples into a folder."""

from pathlib import Path
from typing import Annotated

import typer

from graph_cdp.samples.make import FEWEST_PEOPLE, write

app = typer.Typer(add_completion=False)


@app.command()
def main(
    to: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to write into; made where it is missing.")],
    people: Annotated[int, typer.Option(min=FEWEST_PEOPLE, help="How many people to draw.")] = 300,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 1,
) -> None:
    """Writes samples that look like life, and the truth beside them in truth.csv and shared.csv."""
    truth = write(to, people=people, seed=seed)
    typer.echo(f"{to}: {people} people, {len(truth.person_of)} keys of one person, {len(truth.shared)} shared")


if __name__ == "__main__":
    app()
