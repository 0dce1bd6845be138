"""A namespace is a sender's word; a label is ours."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_cdp.store.codec import label_of

OURS = {
    "Customer",
    "Event",
    "Product",
    "Store",
    "Brand",
    "Company",
    "Change",
    "DeadLetter",
    "Setting",
    "Migration",
    "Policy",
    "Former",
}


@given(st.from_regex(r"[a-z][a-z0-9_]{0,8}(\.[a-z0-9_]{1,8}){0,2}", fullmatch=True))
def test_every_namespace_has_a_label_that_is_legal_and_nobody_elses(namespace: str) -> None:
    label = label_of(namespace)
    assert re.fullmatch(r"[A-Z][A-Za-z0-9]*", label)
    assert label not in OURS | {"Identifier"}


@pytest.mark.parametrize(
    ("namespace", "label"),
    [
        ("loyalty_card", "LoyaltyCard"),
        ("anonymous_id", "Cookie"),
        ("android.id", "Device"),
        ("shop_a.user_id", "UserId"),
        ("customer", "OtherCustomer"),
        ("dead_letter", "OtherDeadLetter"),
    ],
)
def test_labels_read_as_the_namespaces_do(namespace: str, label: str) -> None:
    assert label_of(namespace) == label


@pytest.mark.parametrize("namespace", ["a_t", "l_i_n_k"])
def test_no_namespace_takes_the_name_of_a_relationship(namespace: str) -> None:
    assert label_of(namespace).startswith("Other")
