"""Mapping files: what they may say, and how they are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph_cdp.errors import MappingError
from graph_cdp.ingest import Mapping, load_mapping
from graph_cdp.ingest.mapping import Column

SMALL = 'source = "crm"\n[identifiers]\nemail = "mail"\n'


def load(folder: Path, text: str) -> Mapping:
    file = folder / "m.toml"
    file.write_text(text, encoding="utf-8")
    return load_mapping(file)


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(MappingError) as refused:
        load(folder, text)
    return str(refused.value).removeprefix(f"{folder}/")


def test_a_source_and_one_identifier_are_enough(tmp_path: Path) -> None:
    mapping = load(tmp_path, SMALL)
    assert (mapping.source, mapping.kind, mapping.identifiers) == ("crm", "import", {"email": (Column("mail"),)})


def test_an_identifier_may_stand_in_several_columns(tmp_path: Path) -> None:
    mapping = load(tmp_path, SMALL.replace('"mail"', '["mail", "mail2"]'))
    assert mapping.identifiers == {"email": (Column("mail"), Column("mail2"))}


def test_a_mapping_cannot_be_changed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="frozen"):
        load(tmp_path, SMALL).source = "pos"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("source = crm", "m.toml:1: not valid TOML"),
        ('[identifiers]\nemail = "mail"\n', "m.toml:1: source: is missing (add it)"),
        ('source = "crm"\n', "m.toml:1: identifiers: is missing (add it)"),
        (
            'source = "crm"\n[identifers]\nemail = "m"\n',
            "m.toml:2: identifers: is no known setting here (did you mean identifiers?)",
        ),
        ('source = "crm"\n[identifiers]\n', "m.toml:2: identifiers: "),
        ('source = "c/m"\n[identifiers]\nemail = "mail"\n', "m.toml:1: source: a source is a name"),
        (SMALL + 'E = "x"\n', "m.toml:2: identifiers: 'E' is no namespace"),
        (SMALL + 'group_id = "x"\n', "m.toml:2: identifiers: group_id names a company"),
        (SMALL + "phone = 5\n", "m.toml:4: identifiers.phone: give the name of a column"),
        (SMALL + "[traits]\ncity = 5\n", "m.toml:5: traits.city: give the name of a column, or { value"),
        ('timezone = "Mars"\n' + SMALL, "m.toml:1: timezone: no such time zone"),
        ('country = "Atlantis"\n' + SMALL, 'm.toml:1: country: give two letters such as "PL"'),
        ('encoding = "utf-99"\n' + SMALL, "m.toml:1: encoding: no such encoding"),
        ('encoding = "utf-16"\n' + SMALL, "m.toml:1: encoding: leave it out"),
        ('tiem = "t"\n' + SMALL, "m.toml:1: tiem: is no known setting here"),
        (SMALL + 'phone = { column = "p", by = ";" }\n', "m.toml:4: identifiers.phone: give the name of a column, {"),
        (SMALL + "[consent]\nsms = true\n", "m.toml:5: consent.sms: give a column of yes and no"),
        (SMALL + '[consent]\nemial = "e"\n', "m.toml:5: consent.emial: is no channel; did you mean email?"),
        (SMALL + '[consent]\nfax = "e"\n', "m.toml:5: consent.fax: is no channel (there are email, sms"),
        ("name = 5\n" + SMALL, "m.toml:1: name: give a name, or {"),
        (SMALL + '[order]\ntotal = "sum"\n', "m.toml:4: order.id: is missing (add it)"),
        (SMALL + '[company]\nindustry = "i"\n', "[company] needs id or name"),
    ],
)
def test_a_mistake_is_refused_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    assert says in refusal(tmp_path, text)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="cannot be opened"):
        load_mapping(tmp_path / "none.toml")


def test_a_mapping_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "m.toml"
    file.write_bytes(SMALL.replace("mail", "pošta").encode("cp1250"))
    with pytest.raises(MappingError, match="not valid UTF-8"):
        load_mapping(file)


@pytest.mark.parametrize(
    ("more", "line", "path"),
    [
        ("", 3, "identifiers.email"),
        ('[traits]\ncity = "gone"\n', 5, "traits.city"),
        ('[order]\nid = "mail"\n[order.line]\nsku = "gone"\n', 7, "order.line.sku"),
        ('[company]\nname = "gone"\n', 5, "company.name"),
    ],
)
def test_a_column_that_the_table_lacks_is_named_with_the_columns_that_there_are(
    tmp_path: Path, more: str, line: int, path: str
) -> None:
    mapping = load(tmp_path, SMALL + more)
    columns = ["mail", "id"] if more else ["id", "e-mail"]
    missing = "gone" if more else "mail"
    with pytest.raises(MappingError) as refused:
        mapping.check(columns)
    assert str(refused.value) == (
        f'{tmp_path}/m.toml:{line}: {path} is the column "{missing}", which the table does not have '
        f"(its columns are {', '.join(columns)})"
    )
