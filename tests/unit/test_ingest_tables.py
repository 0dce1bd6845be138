"""Tables to observations, by a mapping."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import polars
import pytest

from graph_cdp.errors import InputError, MappingError
from graph_cdp.ingest import load_mapping, read
from graph_cdp.model import UNDATED, Company, Observation, Order, OrderLine, Refusal, Rejection, rfc3339
from graph_cdp.policy import Policy, default_policy

POLICY = default_policy()
REAL = Path(__file__).parents[2] / "graph_cdp" / "samples"
CRM = """
source = "crm"
kind = "crm"
country = { column = "land" }
time = "changed"
timezone = "Europe/Warsaw"
day_first = true
[identifiers]
record = "id"
email = ["mail", "mail2"]
phone = "tel"
[traits]
city = "town"
birth_date = "born"
language = { value = "pl" }
"""
HEADER = "id,mail,mail2,tel,land,town,born,changed\n"
POS = """
source = "pos"
kind = "pos"
[identifiers]
loyalty_card = "card"
[order]
id = "receipt"
total = "sum"
currency = { value = "PLN" }
store = "shop"
[order.line]
number = "line"
sku = "sku"
name = "product"
quantity = "qty"
price = "price"
"""
SMALL = 'source = "crm"\n[identifiers]\nrecord = "id"\nemail = "mail"\n'


def load(
    folder: Path, data: str | bytes, mapping: str = CRM, name: str = "t.csv", policy: Policy = POLICY
) -> list[Observation | Rejection]:
    file, rules = folder / name, folder / "m.toml"
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    rules.write_text(mapping, encoding="utf-8")
    return list(read(file, policy=policy, mapping=load_mapping(rules), received_at=7))


def one(
    folder: Path, data: str | bytes, mapping: str = CRM, name: str = "t.csv", policy: Policy = POLICY
) -> Observation:
    (seen,) = load(folder, data, mapping, name, policy)
    assert isinstance(seen, Observation), seen
    return seen


def rejections(seen: list[Observation | Rejection]) -> list[tuple[str, str]]:
    return [(Path(it.place).name, it.reason) for it in seen if isinstance(it, Rejection)]


def records(seen: list[Observation | Rejection]) -> list[str]:
    return [key for it in seen if isinstance(it, Observation) for key in it.keys if key.startswith("record:")]


def test_a_row_has_the_keys_of_its_columns(tmp_path: Path) -> None:
    seen = one(tmp_path, HEADER + "1,A@x.pl,b@x.pl,601234567,PL,,,\n")
    assert seen.keys == ("email:a@x.pl", "email:b@x.pl", "phone:+48601234567", "record:crm/1")


def test_a_row_has_the_source_kind_and_name_of_its_mapping(tmp_path: Path) -> None:
    seen = one(tmp_path, HEADER + "1,,,,,,,\n", 'name = "Contact"\n' + CRM)
    assert (seen.source, seen.kind, seen.name, seen.received_at) == ("crm", "crm", "Contact", 7)


def test_empty_cells_are_absent(tmp_path: Path) -> None:
    seen = one(tmp_path, HEADER + "1, ,,,,,,\n")
    assert (seen.keys, dict(seen.traits), seen.refusals) == (("record:crm/1",), {"language": "pl"}, ())
    assert seen.occurred_at == UNDATED


def test_the_time_of_a_row_is_that_of_its_zone_with_the_day_first(tmp_path: Path) -> None:
    seen = one(tmp_path, HEADER + "1,,,,,,,03/07/2026 10:00\n")
    assert rfc3339(seen.occurred_at) == "2026-07-03T08:00:00.000000Z"


def test_a_row_of_an_impossible_time_is_rejected(tmp_path: Path) -> None:
    assert rejections(load(tmp_path, HEADER + "1,,,,,,,31/02/2026\n")) == [
        ("t.csv:2", "changed: no date, or one that does not exist")
    ]


def test_a_birth_date_is_written_with_the_year_first(tmp_path: Path) -> None:
    assert one(tmp_path, HEADER + "1,,,,,,03/04/1987,\n").traits["birth_date"] == "1987-04-03"


def test_an_impossible_birth_date_is_refused_and_the_row_kept(tmp_path: Path) -> None:
    seen = one(tmp_path, HEADER + "1,,,,,Łódź,30/02/1987,\n")
    assert dict(seen.traits) == {"city": "Łódź", "language": "pl"}
    assert seen.refusals == (Refusal("born", "no date, or one that does not exist"),)


def test_what_cannot_be_an_identifier_is_refused_and_the_row_kept(tmp_path: Path) -> None:
    seen = one(tmp_path, HEADER + "1,null,,601234567,,,,\n")
    assert seen.keys == ("record:crm/1",)
    assert seen.refusals == (
        Refusal("mail", "no e-mail address"),
        Refusal("tel", "a national phone number of no known country"),
    )


def test_a_row_without_an_identifier_is_rejected_naming_the_columns(tmp_path: Path) -> None:
    assert rejections(load(tmp_path, HEADER + ",,,,,Łódź,,\n")) == [
        ("t.csv:2", "no identifier: each of id, mail, mail2, tel is empty")
    ]


def test_the_policy_gives_the_country_where_the_mapping_has_none(tmp_path: Path) -> None:
    policy = Policy('[sources.crm]\ncountry = "PL"\nrecord = "crm.record"\n')
    mapping = 'source = "crm"\n[identifiers]\nphone = "tel"\nrecord = "id"\n'
    assert one(tmp_path, "id,tel\n1,601234567\n", mapping, policy=policy).keys == (
        "crm.record:crm/1",
        "phone:+48601234567",
    )


def test_a_row_may_be_one_line_of_an_order(tmp_path: Path) -> None:
    data = "receipt;line;card;sku;product;qty;price;sum;shop\nR1;2;90-01;S1;Socks;2;9,99;1 019,98;Kraków\n"
    seen = one(tmp_path, data, POS)
    assert seen.keys == ("loyalty_card:9001", "order:pos/R1")
    lines = (OrderLine("2", "S1", "Socks", None, 2.0, 9.99),)
    assert seen.order == Order("order:pos/R1", lines, False, 1019.98, "PLN", None, "Kraków")


def test_a_receipt_without_a_product_is_an_order_without_that_line(tmp_path: Path) -> None:
    seen = one(tmp_path, "receipt,line,card,sku,product,qty,price,sum,shop\nR1,1,,,,,,5,\n", POS)
    assert seen.order == Order("order:pos/R1", (), False, 5.0, "PLN")


def test_a_row_without_a_receipt_number_is_no_order(tmp_path: Path) -> None:
    seen = one(tmp_path, "receipt,line,card,sku,product,qty,price,sum,shop\n,1,7,S1,,,,,\n", POS)
    assert (seen.keys, seen.order) == (("loyalty_card:7",), None)


def test_a_line_without_a_number_is_told_apart_by_its_row(tmp_path: Path) -> None:
    mapping = SMALL + '[order]\nid = "id"\n[order.line]\nsku = "sku"\n'
    seen = load(tmp_path, "id,mail,sku\n1,,A\n1,,B\n", mapping)
    assert len({it.order.lines[0].number for it in seen if isinstance(it, Observation) and it.order}) == 2


def test_an_amount_that_is_none_is_refused_and_the_line_kept(tmp_path: Path) -> None:
    seen = one(tmp_path, "receipt,line,card,sku,product,qty,price,sum,shop\nR1,1,,S1,,,free,,\n", POS)
    assert seen.refusals == (Refusal("price", "no number"),)
    assert seen.order is not None and seen.order.lines == (OrderLine("1", "S1"),)


def test_the_company_of_a_row_is_no_key_of_the_person(tmp_path: Path) -> None:
    mapping = SMALL + '[company]\nname = "firm"\nemployees = "size"\n'
    seen = one(tmp_path, "id,mail,firm,size\n1,,Acme,50\n", mapping)
    assert seen.keys == ("record:crm/1",)
    assert seen.company == Company("company:crm/Acme", {"name": "Acme", "employees": "50"})


def test_a_row_without_a_company_has_none(tmp_path: Path) -> None:
    assert one(tmp_path, "id,mail,firm\n1,,\n", SMALL + '[company]\nname = "firm"\n').company is None


def test_a_company_whose_name_is_broken_is_refused(tmp_path: Path) -> None:
    seen = one(tmp_path, "id,mail,firm\n1,,A\x00\n", SMALL + '[company]\nname = "firm"\n')
    assert (seen.company, seen.refusals[0].place) == (None, "company")


def test_the_same_row_has_the_same_uid_wherever_it_stands(tmp_path: Path) -> None:
    header = "id,mail\n"
    first, _ = load(tmp_path, header + "1,a@x.pl\n2,\n", SMALL)
    _, second = load(tmp_path, header + "2,\n1,a@x.pl\n", SMALL, "other.csv")
    assert isinstance(first, Observation) and isinstance(second, Observation)
    assert first.uid == second.uid


def test_a_message_id_may_stand_in_a_column(tmp_path: Path) -> None:
    first, second = load(tmp_path, "id,mail\n1,a@x.pl\n1,b@x.pl\n", 'message_id = "id"\n' + SMALL)
    assert isinstance(first, Observation) and isinstance(second, Observation)
    assert first.message_id == second.message_id == "1"
    assert first.uid != second.uid


def test_a_table_without_a_mapping_says_how_to_give_one(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,mail\n1,a@x.pl\n")
    with pytest.raises(MappingError, match=r"needs a mapping \(graph-cdp ingest .*t\.csv --mapping M\.toml; --guess"):
        read(tmp_path / "t.csv", policy=POLICY, received_at=7)


def test_an_unknown_column_is_refused_before_any_row_is_read(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r'm\.toml:3: identifiers\.record is the column "id"'):
        load(tmp_path, "mail\na@x.pl\n", SMALL)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    data = 'id,mail\n1,a@x.pl\n2,"b@x.pl"\n'.replace(",", delimiter)
    assert records(load(tmp_path, data, SMALL)) == ["record:crm/1", "record:crm/2"]


def test_the_delimiter_is_found_where_another_stands_in_names_and_values(tmp_path: Path) -> None:
    data = 'id;mail;"town, street"\n' + "".join(f"{row};a{row}@x.pl;Kraków, Rynek {row}\n" for row in range(5))
    assert len(records(load(tmp_path, data, SMALL))) == 5


def test_the_line_that_excel_writes_before_the_header_is_understood(tmp_path: Path) -> None:
    assert records(load(tmp_path, "sep=;\nid;mail\n1;a@x.pl\n", SMALL)) == ["record:crm/1"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1250", "iso-8859-2"])
def test_a_polish_table_is_read_in_its_encoding(tmp_path: Path, encoding: str) -> None:
    towns = ["Łódź", "Kraków", "Gdańsk", "Wrocław", "Świdnica", "Częstochowa", "Dąbrowa Górnicza", "Żary", "Mińsk"]
    data = "id,mail,town\n" + "".join(f"{row},,{town}\n" for row, town in enumerate(towns))
    seen = load(tmp_path, data.encode(encoding), SMALL + '[traits]\ncity = "town"\n')
    assert [it.traits["city"] for it in seen if isinstance(it, Observation)] == towns


def test_a_russian_table_is_read_in_its_encoding(tmp_path: Path) -> None:
    data = "id,mail,name\n1,,Сергеев Антон\n2,,Романова Мария\n3,,Воробьева Ольга\n"
    seen = load(tmp_path, data.encode("cp1251"), SMALL + '[traits]\nname = "name"\n')
    assert isinstance(seen[0], Observation) and seen[0].traits["name"] == "Сергеев Антон"


def test_an_encoding_that_cannot_be_told_is_to_be_named(tmp_path: Path) -> None:
    data = "id,mail,name\n1,,Игорь\n".encode("cp1251")
    with pytest.raises(InputError, match=r'encoding = "cp1250"'):
        load(tmp_path, data, SMALL)
    seen = one(tmp_path, data, 'encoding = "cp1251"\n' + SMALL + '[traits]\nname = "name"\n')
    assert seen.traits["name"] == "Игорь"


def test_a_line_in_another_encoding_is_rejected_and_the_rest_loads(tmp_path: Path) -> None:
    data = "id,mail,town\n1,,Łódź\n".encode() + "2,,Łódź\n".encode("cp1250") + "3,,Łódź\n4,,Żary\n".encode()
    seen = load(tmp_path, data, SMALL)
    assert rejections(seen) == [("t.csv:3", "not valid UTF-8")]
    assert records(seen) == ["record:crm/1", "record:crm/3", "record:crm/4"]


@pytest.mark.parametrize(("row", "columns"), [("1", 1), ("1,a@x.pl,more", 3)])
def test_a_row_of_another_width_is_rejected(tmp_path: Path, row: str, columns: int) -> None:
    seen = load(tmp_path, f"id,mail\n{row}\n2,b@x.pl\n", SMALL)
    assert rejections(seen) == [("t.csv:2", f"{columns} columns instead of the 2 of the header")]
    assert records(seen) == ["record:crm/2"]


def test_a_rejection_has_the_line_as_it_came(tmp_path: Path) -> None:
    (rejection,) = load(tmp_path, "id,mail\n1,x,y\n", SMALL)
    assert isinstance(rejection, Rejection)
    assert (rejection.raw, rejection.source, rejection.received_at) == ("1,x,y\n", "crm", 7)


def test_a_cell_may_have_several_lines(tmp_path: Path) -> None:
    seen = load(tmp_path, 'id,mail,note\n1,,"two\nlines"\n2,bad,x,y\n', SMALL + '[traits]\nnote = "note"\n')
    assert isinstance(seen[0], Observation) and seen[0].traits["note"] == "two\nlines"
    assert rejections(seen) == [("t.csv:4", "4 columns instead of the 3 of the header")]


def test_a_quotation_mark_that_is_not_closed_costs_its_own_line_alone(tmp_path: Path) -> None:
    seen = load(tmp_path, 'id,mail\n1,"a@x.pl\n2,b@x.pl\n3,"c@x.pl"\n', SMALL)
    assert [place for place, _ in rejections(seen)] == ["t.csv:2"]
    assert records(seen) == ["record:crm/2", "record:crm/3"]


def test_blank_lines_are_no_rows(tmp_path: Path) -> None:
    assert records(load(tmp_path, "id,mail\n\n1,\n\n", SMALL)) == ["record:crm/1"]


def test_a_table_without_a_header_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no header"):
        load(tmp_path, "", SMALL)


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match='two columns are called "id"'):
        load(tmp_path, "id,mail,id\n", SMALL)


def test_a_parquet_file_is_a_table(tmp_path: Path) -> None:
    when = datetime(2026, 7, 3, 8, tzinfo=UTC)
    file, rules = tmp_path / "t.parquet", tmp_path / "m.toml"
    table = {"id": [1, None], "mail": ["a@x.pl", None], "at": [when, None], "size": [1.5, 2.0]}
    polars.DataFrame(table).write_parquet(file)
    rules.write_text('time = "at"\n' + SMALL + '[traits]\nsize = "size"\n')
    first, second = read(file, policy=POLICY, mapping=load_mapping(rules), received_at=7)
    assert isinstance(first, Observation) and first.keys == ("email:a@x.pl", "record:crm/1")
    assert (rfc3339(first.occurred_at), first.traits["size"]) == ("2026-07-03T08:00:00.000000Z", 1.5)
    assert isinstance(second, Rejection) and second.place == f"{file}:2"


def test_values_that_json_does_not_know_become_text(tmp_path: Path) -> None:
    file, rules = tmp_path / "t.parquet", tmp_path / "m.toml"
    table = {"id": [b"7"], "mail": ["a@x.pl"], "day": [datetime(2026, 7, 3).date()], "paid": [Decimal("1.50")]}
    polars.DataFrame(table).write_parquet(file)
    rules.write_text(SMALL + '[traits]\nday = "day"\npaid = "paid"\n')
    (seen,) = read(file, policy=POLICY, mapping=load_mapping(rules), received_at=7)
    assert isinstance(seen, Observation) and seen.keys == ("email:a@x.pl", "record:crm/7")
    assert dict(seen.traits) == {"day": "2026-07-03", "paid": "1.50"}


def test_what_is_no_parquet_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        load(tmp_path, "id,mail\n", SMALL, "t.parquet")


def test_a_message_id_of_a_row_that_is_no_text_rejects_it(tmp_path: Path) -> None:
    seen = load(tmp_path, '{"id": 1, "nr": true}\n', 'message_id = "nr"\n' + SMALL, "t.ndjson")
    assert rejections(seen) == [("t.ndjson:1", "nr: neither text nor a number")]


def test_flat_json_lines_are_rows_where_there_is_a_mapping(tmp_path: Path) -> None:
    seen = load(tmp_path, '{"id": 1, "mail": "a@x.pl"}\n{"id": 2}\n[]\n', SMALL, "t.ndjson")
    assert records(seen) == ["record:crm/1", "record:crm/2"]
    assert [place for place, _ in rejections(seen)] == ["t.ndjson:3"]


@pytest.mark.parametrize("name", ["b2c", "b2b"])
def test_the_three_customers_of_each_real_table_have_one_phone_number_and_three_records(name: str) -> None:
    seen = list(
        read(REAL / f"{name}_profiles.csv", policy=POLICY, mapping=load_mapping(REAL / f"{name}.toml"), received_at=7)
    )
    assert records(seen) == [f"record:{name}/{number}" for number in (1, 2, 3)]
    assert all(isinstance(it, Observation) and "phone:+74952312002" in it.keys for it in seen)
