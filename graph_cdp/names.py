"""Names of people taken apart: titles, the order of given and family name, patronymics; in Latin and Cyrillic.

What was said stays as it was said; this is how it is read, shown and compared. Where nothing tells the order, the
given name comes first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_REMEMBERED: Final = 65_536
_LONGEST: Final = 200
# English, Polish, Slovak and Czech, Ukrainian, Russian; each without its dots.
_TITLE_WORDS: Final = """
mr mrs ms miss mx sir madam dr prof rev
pan pani państwo p inż mgr hab lek doc
pán paní slečna ing bc mudr judr phdr rndr mvdr paeddr
пан пані панна д-р др проф доц
г-н г-жа гн гжа господин госпожа
"""
_DEGREE_WORDS: Final = "jr sr junior senior ii iii esq phd md mba csc drsc мл ст"
_PARTICLE_WORDS: Final = "van von der den de da di del della la le dos el bin ibn"
_TITLES: Final = frozenset(_TITLE_WORDS.split())
_DEGREES: Final = frozenset(_DEGREE_WORDS.split())
_PARTICLES: Final = frozenset(_PARTICLE_WORDS.split())
_PATRONYMIC: Final = re.compile(
    r".{2,}(?:ович|евич|йович|ївна|івна|овна|евна|инична|ична|ovich|evich|ovych|yovych|ivna|ovna|evna)\Z"
)
_FAMILY: Final = re.compile(
    r".{2,}(?:sk[iay]|ck[iay]|dzk[iay]|wicz|czyk|ová|enko|chuk|"
    r"ський|ська|цький|цька|ский|ская|цкий|цкая|енко|чук|щук|[оеє]в[а]?)\Z"
)
_GIVEN: Final = frozenset(("яков", "ярослав", "kamila", "franciszka"))


@dataclass(frozen=True, slots=True)
class Name:
    """The parts of a name, each as it was written; empty where there is none."""

    given: str = ""
    family: str = ""
    patronymic: str = ""
    title: str = ""

    @property
    def usual(self) -> str:
        """Given name and family name, in this order."""
        return " ".join(filter(None, (self.given, self.family)))


@lru_cache(maxsize=_REMEMBERED)
def taken_apart(written: str) -> Name:
    """The parts of a whole name: `Pan dr Jan Kowalski`, `Kowalski, Jan`, `Ковальчук Олена Ігорівна`."""
    if len(written) > _LONGEST:
        return Name(written)
    before, comma, after = written.partition(",")
    title, words = _untitled(before.split())
    later_title, later = _untitled(after.replace(",", " ").split())
    title = " ".join(filter(None, (title, later_title)))
    if comma and words and later:
        given, patronymic = _without_patronymic(later)
        return Name(" ".join(given), " ".join(words), patronymic, title)
    return _ordered(words or later, title)


def untitled(written: str) -> str:
    """A given or family name without titles and degrees; itself where nothing else would be left."""
    return " ".join(_untitled(written.split())[1]) or written


def _untitled(words: Sequence[str]) -> tuple[str, list[str]]:
    """The titles before a name, and the name without the degrees behind it."""
    left, titles = list(words), []
    while left and _bare(left[0]) in _TITLES and (len(left) > 1 or left[0].endswith(".")):
        titles.append(left.pop(0))
    while left and _bare(left[-1]) in _DEGREES:
        left.pop()
    return " ".join(titles), left


def _bare(word: str) -> str:
    return word.casefold().replace(".", "")


def _without_patronymic(words: Sequence[str]) -> tuple[list[str], str]:
    if len(words) > 1 and _PATRONYMIC.match(words[-1].casefold()):
        return list(words[:-1]), words[-1]
    return list(words), ""


def _ordered(words: Sequence[str], title: str) -> Name:
    """The name in words without titles, by what tells the order."""
    if len(words) < 2:
        return Name(" ".join(words), title=title)
    if len(words) == 3 and _PATRONYMIC.match(words[1].casefold()):
        return Name(words[0], words[2], words[1], title)
    if _PATRONYMIC.match(words[-1].casefold()) and len(words) == 3:
        return Name(words[1], words[0], words[2], title)
    if _family_first(words):
        return Name(" ".join(words[1:]), words[0], title=title)
    at = next((n for n, word in enumerate(words) if n and word.casefold() in _PARTICLES), len(words) - 1)
    return Name(" ".join(words[:at]), " ".join(words[at:]), title=title)


def _family_first(words: Sequence[str]) -> bool:
    """Whether only the first word looks like a family name: by its ending, or in capitals (`KOWALSKI Jan`)."""
    first, last = words[0], words[-1]
    if first.isupper() != last.isupper() and min(len(first), len(last)) > 1:
        return first.isupper()
    return _looks_like_family(first) and not _looks_like_family(last)


def _looks_like_family(word: str) -> bool:
    plain = word.casefold()
    return plain not in _GIVEN and _FAMILY.match(plain) is not None
