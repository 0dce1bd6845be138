"""Makes favorites.zip of the saved explorations, which Neo4j Browser takes as its favorites: `make favorites`."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from graph_cdp.store.explorations import Exploration, shipped

FILE = Path(__file__).with_name("favorites.zip")
_FOLDER = "graph-cdp"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # a date of its own would make the file another one each time


def script(exploration: Exploration, values: Mapping[str, int | str] | None = None) -> str:
    """What a favorite runs: the question with values standing in it, for people to change in the editor.

    Not `:param` lines above it, for Browser draws nothing where it runs several statements.
    """
    literals = {name: _literal(value) for name, value in exploration.checked(values or {}).items()}
    body = re.sub(r"\$(\w+)", lambda found: literals[found[1]], exploration.body)
    return f"// {exploration.title}\n// {exploration.sentence}\n{body}\n"


def _literal(value: int | str) -> str:
    return str(value) if isinstance(value, int) else "'" + value.replace("\\", r"\\").replace("'", r"\'") + "'"


def archive() -> bytes:
    """The file's bytes."""
    made = io.BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as favorites:
        for name, exploration in shipped().items():
            favorites.writestr(ZipInfo(f"{_FOLDER}/{name}.cypher", _EPOCH), script(exploration))
    return made.getvalue()


if __name__ == "__main__":
    FILE.write_bytes(archive())
