"""Currencies as ISO 4217 has them."""

from __future__ import annotations

from typing import Final

UNKNOWN: Final = "unknown"
_LARGEST: Final = 1e15
_CODES: Final = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR
ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT
MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD
SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV
WST XAF XCD XOF XPF YER ZAR ZMW ZWL
"""
_ISO: Final = frozenset(_CODES.split())
_SAID: Final = {
    "zł": "PLN",
    "zl": "PLN",
    "złoty": "PLN",
    "₽": "RUB",
    "руб": "RUB",
    "руб.": "RUB",
    "р.": "RUB",
    "rur": "RUB",
    "грн": "UAH",
    "грн.": "UAH",
    "₴": "UAH",
    "€": "EUR",
    "euro": "EUR",
    "$": "USD",
    "£": "GBP",
    "kč": "CZK",
    "kc": "CZK",
}


def currency(said: str | None) -> str:
    """The ISO code of a currency as people write it; `unknown` where it is none or none was named."""
    if said is None:
        return UNKNOWN
    code = said.strip().upper()
    return code if code in _ISO else _SAID.get(said.strip().casefold(), UNKNOWN)


def sane(amount: float | None) -> float | None:
    """An amount that sums can be made of; None for one beyond all money, which an older version took in."""
    return amount if amount is not None and abs(amount) <= _LARGEST else None
