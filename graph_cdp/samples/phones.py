"""Mobile numbers of five countries, and the spellings in which people give them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

CALLING_CODES: Final = {"PL": "48", "RU": "7", "UA": "380", "SK": "421", "GB": "44"}
_MOBILE: Final = {
    "PL": ("501 512 530 570 600 601 606 660 692 721 730 781 791 880 888", 9),
    "RU": ("905 910 916 921 926 951 960 985 999", 10),
    "UA": ("50 63 66 67 68 93 95 96 97 98 99", 9),
    "SK": ("902 903 905 907 908 910 911 915 918 944 948 949", 9),
    "GB": ("7400 7411 7425 7500 7511 7534 7711 7712 7802 7850 7890 7912 7921 7966 7976", 10),
}
_NATIONAL: Final = {
    "PL": ("{0}{1}{2} {3}{4}{5} {6}{7}{8}", "{0}{1}{2}-{3}{4}{5}-{6}{7}{8}", "{0}{1}{2}{3}{4}{5}{6}{7}{8}"),
    "RU": ("8 ({0}{1}{2}) {3}{4}{5}-{6}{7}-{8}{9}", "8{0}{1}{2}{3}{4}{5}{6}{7}{8}{9}"),
    "UA": ("0{0}{1} {2}{3}{4} {5}{6} {7}{8}", "0{0}{1}-{2}{3}{4}-{5}{6}-{7}{8}"),
    "SK": ("0{0}{1}{2} {3}{4}{5} {6}{7}{8}", "0{0}{1}{2}/{3}{4}{5}{6}{7}{8}"),
    "GB": ("0{0}{1}{2}{3} {4}{5}{6}{7}{8}{9}", "0{0}{1}{2}{3}{4}{5}{6}{7}{8}{9}"),
}


@dataclass(frozen=True, slots=True)
class Phone:
    """A number: the country that it is dialled in and its digits after the calling code."""

    country: str
    digits: str

    @property
    def e164(self) -> str:
        """The one spelling that has no variants."""
        return f"+{CALLING_CODES[self.country]}{self.digits}"


def draw_phone(rng: Random, country: str) -> Phone:
    """A valid mobile number of `country`."""
    prefixes, length = _MOBILE[country]
    prefix = rng.choice(prefixes.split())
    rest = length - len(prefix)
    return Phone(country, f"{prefix}{rng.randrange(10**rest):0{rest}}")


def spelled(rng: Random, phone: Phone, country: str | None = None) -> str:
    """One of the ways to write the number; without the calling code only where it is one of `country`."""
    if phone.country == country and rng.choice((True, True, False)):
        return rng.choice(_NATIONAL[country]).format(*phone.digits)
    code, digits = CALLING_CODES[phone.country], phone.digits
    groups = [digits[:3], digits[3:6], digits[6:]]
    return rng.choice((phone.e164, f"+{code} {' '.join(groups)}", f"+{code}-{'-'.join(groups)}", f"+{code} {digits}"))
