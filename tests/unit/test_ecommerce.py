"""Segment's ecommerce events, version 2: what of each is kept, and which of them tell of orders."""

from __future__ import annotations

from typing import Any

import pytest

from graph_cdp.ingest import observe
from graph_cdp.model import Observation, OrderLine
from graph_cdp.policy import default_policy

PRODUCT = {
    "product_id": "507f1f77bcf86cd799439011",
    "sku": "G-32",
    "category": "Games",
    "name": "Monopoly: 3rd Edition",
    "brand": "Hasbro",
    "variant": "200 pieces",
    "price": 18.99,
    "quantity": 1,
    "coupon": "MAYDEALS",
    "position": 3,
    "url": "https://www.example.com/product/path",
}
CART = {"cart_id": "skdjsidjsdkdj29j", "products": [PRODUCT]}
ORDER = {
    "checkout_id": "fksdjfsdjfisjf9sdfjsd9f",
    "order_id": "50314b8e9bcf000000000000",
    "affiliation": "Google Store",
    "total": 27.5,
    "subtotal": 22.5,
    "revenue": 25.0,
    "shipping": 3,
    "tax": 2,
    "discount": 2.5,
    "coupon": "hasbros",
    "currency": "USD",
    "products": [PRODUCT],
}
STEP = {"checkout_id": "50314b8e9bcf000000000000", "step": 2, "shipping_method": "Fedex", "payment_method": "Visa"}
PROMOTION = {"promotion_id": "promo_1", "creative": "top_banner_2", "name": "75% store-wide sale", "position": "top"}
COUPON = {"order_id": "50314b8e9bcf000000000000", "coupon_id": "may_deals_2016", "coupon_name": "May Deals"}
SHARED = {"share_via": "email", "share_message": "Hey", "recipient": "friend@example.com", **PRODUCT}

EVENTS: dict[str, dict[str, Any]] = {
    "Products Searched": {"query": "blue hotpants"},
    "Product List Viewed": {"list_id": "hot_deals_1", "category": "Deals", "products": [PRODUCT]},
    "Product List Filtered": {"list_id": "todays_deals", "filters": [{"type": "price", "value": "under-25"}]},
    "Promotion Viewed": PROMOTION,
    "Promotion Clicked": PROMOTION,
    "Product Clicked": PRODUCT,
    "Product Viewed": PRODUCT,
    "Product Added": {"cart_id": "skdjsidjsdkdj29j", **PRODUCT},
    "Product Removed": {"cart_id": "skdjsidjsdkdj29j", **PRODUCT},
    "Cart Viewed": CART,
    "Checkout Started": ORDER,
    "Checkout Step Viewed": STEP,
    "Checkout Step Completed": STEP,
    "Payment Info Entered": STEP,
    "Coupon Entered": COUPON,
    "Coupon Applied": COUPON,
    "Coupon Denied": COUPON,
    "Coupon Removed": COUPON,
    "Product Added to Wishlist": {"wishlist_id": "skdjsidjsdkdj29j", **PRODUCT},
    "Product Removed from Wishlist": {"wishlist_id": "skdjsidjsdkdj29j", **PRODUCT},
    "Wishlist Product Added to Cart": {"wishlist_id": "skdjsidjsdkdj29j", "cart_id": "99j2d92j9dj29dj29d2d", **PRODUCT},
    "Product Shared": SHARED,
    "Cart Shared": {"share_via": "email", "recipient": "friend@example.com", **CART},
    "Product Reviewed": {"product_id": "507f1f77bcf86cd799439011", "review_id": "k", "review_body": "!", "rating": "5"},
}
ORDERS = ("Order Updated", "Order Completed", "Completed Order", "order_completed")
REVERSALS = ("Order Refunded", "Order Cancelled")


def see(event: str, properties: dict[str, Any]) -> Observation:
    message = {"type": "track", "event": event, "userId": "42", "properties": properties}
    return observe(message, source="web", policy=default_policy(), received_at=7)


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_keeps_its_name_and_all_that_it_says_and_tells_of_no_order(event: str) -> None:
    seen = see(event, EVENTS[event])
    assert (seen.name, seen.order, seen.refusals) == (event, None, ())
    assert seen.properties == {**EVENTS[event], "type": "track"}


@pytest.mark.parametrize("event", EVENTS)
def test_nobody_else_is_taken_for_the_customer(event: str) -> None:
    assert see(event, EVENTS[event]).keys == ("user_id:42",)


@pytest.mark.parametrize("event", ORDERS)
def test_an_order_has_its_lines_its_sum_and_all_else_among_the_properties(event: str) -> None:
    seen = see(event, ORDER)
    assert seen.order is not None and seen.order.whole
    assert seen.order.lines == (OrderLine("1", "G-32", "Monopoly: 3rd Edition", "Games", 1.0, 18.99),)
    assert (seen.order.key, seen.order.total, seen.order.currency) == (f"order:web/{ORDER['order_id']}", 27.5, "USD")
    assert seen.properties == {**ORDER, "type": "track"}


@pytest.mark.parametrize("event", REVERSALS)
def test_what_is_taken_back_names_its_order_and_changes_neither_lines_nor_sum(event: str) -> None:
    seen = see(event, {**ORDER, "total": 5})
    assert seen.order is not None
    assert (seen.order.lines, seen.order.whole, seen.order.total) == ((), False, None)
    assert seen.properties["total"] == 5


@pytest.mark.parametrize("event", ["order", "Order", "Reorder", "Completed", "completed order now"])
def test_another_name_is_no_order(event: str) -> None:
    assert see(event, ORDER).order is None
