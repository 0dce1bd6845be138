"""What the three brands sell: sixty products with prices in two currencies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ZLOTYS_A_EURO: Final = 4.3


@dataclass(frozen=True, slots=True)
class Product:
    """One article. The price is in zlotys."""

    sku: str
    name: str
    category: str
    brand: str
    zlotys: float
    color: str
    size: str

    def price(self, currency: str) -> float:
        """The price in `currency`, PLN or EUR."""
        return self.zlotys if currency == "PLN" else round(self.zlotys / ZLOTYS_A_EURO, 2)


_COLORS: Final = ("blue", "white", "black", "red", "green")
_SIZES: Final = ("S", "M", "L")
_LUMIA: Final = """
dresses: Linen dress 249.90, Wrap dress 219.90, Evening dress 499.00, Summer dress 179.90
shirts: White shirt 129.90, Striped shirt 139.90, Silk blouse 289.00, Cotton T-shirt 49.90
trousers: Slim jeans 199.90, Wide trousers 189.90, Pencil skirt 149.90
knitwear: Merino sweater 259.90, Cardigan 199.90, Turtleneck 159.90
coats: Wool coat 699.00, Trench coat 549.00
accessories: Leather belt 99.90, Silk scarf 119.90, Felt hat 139.90, Canvas bag 89.90
"""
_VERANO: Final = """
running: Trail shoes 459.00, Running shoes 399.00, Running shorts 119.90, Running socks 29.90
hiking: Hiking boots 599.00, Backpack 30 l 349.00, Trekking poles 189.90, Rain jacket 429.00
camping: Tent for two 799.00, Sleeping bag 319.00, Camping stove 159.90, Head torch 99.90
swimming: Swimsuit 149.90, Goggles 69.90, Beach towel 59.90
cycling: Cycling helmet 239.90, Cycling gloves 79.90, Bicycle lamp 109.90, Water bottle 34.90, Bicycle lock 129.90
"""
_BOSKO: Final = """
bakery: Rye bread 8.49, Poppy seed roll 3.29, Cheesecake 24.90
dairy: Butter 7.99, Cottage cheese 6.49, Yoghurt 3.49, Hard cheese 18.90
pantry: Buckwheat 5.99, Forest honey 32.90, Rapeseed oil 9.99, Black tea 14.90, Ground coffee 29.90
fruit and vegetables: Apples 4.99, Potatoes 3.99, Cucumbers 6.99
household: Dish soap 8.99, Laundry gel 34.90, Paper towels 11.90
cosmetics: Hand cream 15.90, Shampoo 21.90
"""


def _products(brand: str, text: str) -> tuple[Product, ...]:
    articles = [
        (category, article.strip().rpartition(" "))
        for category, _, rest in (line.partition(": ") for line in text.strip().splitlines())
        for article in rest.split(",")
    ]
    return tuple(
        Product(
            f"{brand[:2].upper()}-{number:03}",
            name,
            category,
            brand,
            float(price),
            _COLORS[number % len(_COLORS)],
            _SIZES[number % len(_SIZES)],
        )
        for number, (category, (name, _, price)) in enumerate(articles, start=1)
    )


LUMIA: Final = _products("Lumia", _LUMIA)
VERANO: Final = _products("Verano", _VERANO)
BOSKO: Final = _products("Bosko", _BOSKO)
