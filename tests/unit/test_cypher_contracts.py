"""Every Cypher file says truly what it takes and returns, is used, and is found."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import graph_cdp
from graph_cdp.store.statements import folder, statement
from tests import cypher

NAMES = cypher.names()
_LITERAL = re.compile(r"(read|write)/\w+\Z")
_CYPHER = re.compile(r"\b(MATCH|MERGE|CREATE|UNWIND|DETACH|OPTIONAL MATCH) *[($]")


@cache
def modules() -> dict[str, ast.Module]:
    package = Path(graph_cdp.__file__).parent
    return {str(path.relative_to(package)): ast.parse(path.read_text()) for path in package.rglob("*.py")}


@cache
def texts() -> list[tuple[str, str]]:
    """Every string literal of the package, with its module."""
    return [
        (module, node.value)
        for module, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def used() -> set[str]:
    return {text for _, text in texts() if _LITERAL.match(text)}


def is_statement(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "statement"


@pytest.mark.parametrize("name", NAMES)
def test_the_head_says_what_it_answers_takes_and_returns(name: str) -> None:
    first, params, returns = (folder() / f"{name}.cypher").read_text(encoding="utf-8").splitlines()[:3]
    assert re.fullmatch(r"// [A-Z].*\.", first)
    assert re.fullmatch(r"// params: (none|\w+(, \w+)*)", params)
    assert re.fullmatch(r"// returns: (nothing|\w+(, \w+)*)", returns)


@pytest.mark.parametrize("name", NAMES)
def test_the_declared_parameters_are_those_used(name: str) -> None:
    contract = cypher.contract(name)
    assert sorted(contract.params) == sorted(set(re.findall(r"\$(\w+)", contract.body)))


@pytest.mark.parametrize("name", NAMES)
def test_the_declared_columns_are_those_returned(name: str) -> None:
    contract = cypher.contract(name)
    assert contract.returns == cypher.returned(contract.body)


@pytest.mark.parametrize("name", NAMES)
def test_the_file_holds_one_statement(name: str) -> None:
    assert ";" not in cypher.contract(name).body


def test_every_file_is_used() -> None:
    assert set(NAMES) - used() == set()


def test_every_name_is_found() -> None:
    assert used() - set(NAMES) == set()


@pytest.mark.parametrize("name", NAMES)
def test_only_the_word_label_is_ever_replaced(name: str) -> None:
    text = (folder() / f"{name}.cypher").read_text(encoding="utf-8")
    assert statement(name) == text
    assert statement(name, "Email") == re.sub(r"\bLABEL\b", "Email", text)


@pytest.mark.parametrize("label", ["email", "Email) DETACH DELETE (n", "Email:Other", "Email`", "E\n", "É", "1E"])
def test_a_text_that_is_no_label_is_refused(label: str) -> None:
    with pytest.raises(ValueError, match="is no label"):
        statement("write/new_identifiers", label)


def test_a_statement_is_never_put_together_with_other_text() -> None:
    patched = [
        (module, node.lineno)
        for module, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.BinOp | ast.FormattedValue | ast.Attribute)
        and any(is_statement(child) for child in ast.iter_child_nodes(node))
    ]
    assert patched == []


def test_no_cypher_stands_in_the_code() -> None:
    assert [(module, text) for module, text in texts() if _CYPHER.search(text)] == []


def test_every_call_passes_the_declared_parameters() -> None:
    wrong = [
        (module, node.lineno)
        for module, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (name := called(node))
        and sorted(str(keyword.arg) for keyword in node.keywords) != sorted(cypher.contract(name).params)
    ]
    assert wrong == []


def called(node: ast.Call) -> str | None:
    """The statement that a call with its parameters as keywords names."""
    function = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    name = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
    return (
        name
        if function in ("run", "ask", "each", "table", "_run") and isinstance(name, str) and name in NAMES
        else None
    )


def test_every_migration_has_a_number_of_its_own() -> None:
    numbers = [path.name.partition("__")[0] for path in sorted((folder() / "migrations").glob("*.cypher"))]
    assert len(set(numbers)) == len(numbers) > 5
