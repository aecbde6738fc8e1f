"""Whether two registered objects may be one: a score from 0 to 1 with the reasons that make it up. Pure.

Weights and thresholds are our choice, tuned on a labelled set of perturbed objects (`sanjian bench registry` reports
precision and recall); no standard gives any. The score only proposes: a person decides, and can take it back.

49,909 objects make 1.2 billion pairs. Only pairs that share a block (a code, the start, middle or end of the name, an
address, a telephone) are scored; a block that holds very many objects says nothing and is skipped.
"""

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from rapidfuzz import fuzz

PROPOSE = 0.5
"""From this score on a pair is shown to a person."""
MOST_IN_BLOCK = 60
"""A block with more objects than this (a popular beginning of a name) is skipped."""
_EARTH_M = 6_371_000.0

_FORMS = re.compile(
    r"(股份有限公司|有限责任公司|有限公司|集团公司|股份公司|责任公司|公司|\(集团\)|集团|\(普通合伙\)|\(有限合伙\)|\(个体工商户\))"
)
_CITY = re.compile(r"^(上海市|上海|\(上海\))")
_NOISE = re.compile(r"[\s\-—_.,，。·、'\"“”/]+")
_BRACKETS = str.maketrans("", "", "()[]{}【】〔〕")
_CHINESE_DIGITS = str.maketrans("一二三四五六七八九〇零壹贰叁", "123456789001" + "23")
_NUMBER = re.compile(r"\d+")
_ORDINAL = re.compile(r"第?([一二三四五六七八九十\d]+)(?=分公司|分厂|厂区|厂$|车间|加油站|号)")
_BRANCH = re.compile(r"([\u4e00-\u9fff]{2,8}?(?:分公司|分厂|店|加油站))")


@dataclass(frozen=True)
class Candidate:
    """What is compared of an object. `phones` are keyed digests, never numbers."""

    id: int
    name: str
    credit_code: str = ""
    site_no: str = ""
    former_code: str = ""
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    phones: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def core(self) -> str:
        """The name without what says nothing: legal form, city, brackets, blanks, width."""
        return core_name(self.name)

    @cached_property
    def place(self) -> str:
        """The address without city, district and blanks."""
        return core_address(self.address)

    @cached_property
    def organisation(self) -> str:
        """The nine symbols of the organisation code, from the credit code or the former code."""
        if len(self.credit_code) == 18:
            return self.credit_code[8:17]
        former = self.former_code.replace("-", "")
        return former if len(former) == 9 else ""


@dataclass(frozen=True, slots=True)
class Score:
    """A score from 0 to 1 and what made it: (words, contribution), largest first."""

    total: float
    reasons: tuple[tuple[str, float], ...]


def core_name(name: str) -> str:
    """上海市某某（集团）有限公司 -> 某某."""
    bare = _NOISE.sub("", unicodedata.normalize("NFKC", name).upper())
    bare = _CITY.sub("", bare).replace("(上海)", "")
    core = _FORMS.sub("", bare).translate(_BRACKETS)
    return core or bare


def core_address(address: str) -> str:
    """上海市浦东新区某路 100 号 -> 某路100号."""
    bare = _NOISE.sub("", unicodedata.normalize("NFKC", address).upper())
    bare = _CITY.sub("", bare).translate(_BRACKETS)
    return re.sub(r"^[\u4e00-\u9fff]{2,3}?(新区|区|县)", "", bare)


def score(a: Candidate, b: Candidate) -> Score:
    """How likely two objects are one."""
    parts = [part for part in (_codes(a, b), *_names(a, b), _addresses(a, b), _distance(a, b), _phones(a, b)) if part]
    total = min(1.0, max(0.0, sum(share for _, share in parts)))
    return Score(round(total, 3), tuple(sorted(parts, key=lambda part: -abs(part[1]))))


def _codes(a: Candidate, b: Candidate) -> tuple[str, float] | None:
    if a.credit_code and a.credit_code == b.credit_code:
        if a.site_no and b.site_no and a.site_no != b.site_no:
            return "信用代码相同而场所序号不同：同一法人的两个厂区", -0.6
        return "统一社会信用代码相同", 0.6
    if a.organisation and a.organisation == b.organisation:
        return "组织机构代码相同", 0.5
    if a.former_code and a.former_code == b.former_code:
        return "旧证号相同", 0.5
    if a.credit_code and b.credit_code:
        differing = sum(x != y for x, y in zip(a.credit_code, b.credit_code, strict=False))
        if len(a.credit_code) == len(b.credit_code) and differing <= 2:
            return "信用代码只差一两位", 0.35
        return "统一社会信用代码不同", -0.35
    return None


def _names(a: Candidate, b: Candidate) -> Iterator[tuple[str, float]]:
    if a.core == b.core:
        yield ("名称相同" if a.name == b.name else "名称去掉公司形式、地名和括号后相同"), 0.55
        return
    likeness = fuzz.ratio(a.core, b.core) / 100
    share = 0.5 * (likeness - 0.6) / 0.4 if likeness >= 0.6 else -0.4 * (0.6 - likeness) / 0.6
    yield f"名称相似 {likeness:.0%}", round(share, 3)
    if _marks(a.core) != _marks(b.core):
        yield "名称中的序号或分支不同", -0.3


def _marks(core: str) -> tuple[frozenset[str], frozenset[str]]:
    """Numbers and branches in a name: 第一分公司 and 第二分公司 are alike in letters and two in fact."""
    ordinals = frozenset(_NUMBER.findall(core)) | {m.translate(_CHINESE_DIGITS) for m in _ORDINAL.findall(core)}
    return ordinals, frozenset(m[-6:] for m in _BRANCH.findall(core))


def _addresses(a: Candidate, b: Candidate) -> tuple[str, float] | None:
    if not a.place or not b.place:
        return None
    if a.place == b.place:
        return "地址相同", 0.25
    likeness = fuzz.ratio(a.place, b.place) / 100
    if likeness >= 0.7:
        same_numbers = _NUMBER.findall(a.place) == _NUMBER.findall(b.place)
        return f"地址相似 {likeness:.0%}", round(0.2 * likeness if same_numbers else 0.02, 3)
    return ("地址不同", -0.1) if likeness < 0.5 else None


def _distance(a: Candidate, b: Candidate) -> tuple[str, float] | None:
    metres = distance_m(a, b)
    if metres is None:
        return None
    for most, share in ((60, 0.15), (250, 0.08), (3000, 0.0)):
        if metres <= most:
            return (f"相距 {metres:.0f} 米", share) if share else None
    return f"相距 {metres / 1000:.1f} 千米", -0.2


def distance_m(a: Candidate, b: Candidate) -> float | None:
    """Metres between two objects on the sphere; None when a position is unknown."""
    if a.latitude is None or a.longitude is None or b.latitude is None or b.longitude is None:
        return None
    north = math.radians(b.latitude - a.latitude)
    east = math.radians(b.longitude - a.longitude) * math.cos(math.radians((a.latitude + b.latitude) / 2))
    return _EARTH_M * math.hypot(north, east)


def _phones(a: Candidate, b: Candidate) -> tuple[str, float] | None:
    return ("联系电话相同", 0.15) if a.phones & b.phones else None


def blocks(one: Candidate) -> Iterator[str]:
    """The blocks an object belongs to; two objects are compared when they share one."""
    core = one.core
    if one.credit_code:
        yield f"c{one.credit_code}"
    if one.organisation:
        yield f"o{one.organisation}"
    if one.former_code:
        yield f"f{one.former_code}"
    if len(core) <= 4:
        yield f"n{core}"
    else:
        yield f"s{core[:4]}"
        yield f"m{core[2:6]}"
        yield f"e{core[-4:]}"
        yield f"h{core[:2]}{core[-3:]}"
    if len(one.place) >= 5:
        yield f"a{one.place}"
    for phone in one.phones:
        yield f"p{phone}"


def pairs(candidates: Sequence[Candidate], against: Sequence[Candidate] | None = None) -> Iterator[tuple[int, int]]:
    """Positions of the pairs worth scoring, each once.

    Args:
        against: None compares the candidates with each other (first position below second); else each candidate with
            each of `against` (second position is in `against`).
    """
    ours = _by_block(candidates)
    seen: set[tuple[int, int]] = set()
    theirs = ours if against is None else _by_block(against)
    for name, members in ours.items():
        others = theirs.get(name, [])
        if len(others) > MOST_IN_BLOCK or (against is not None and not others):
            continue
        for place, first in enumerate(members):
            for second in members[place + 1 :] if against is None else others:
                if (first, second) not in seen:
                    seen.add((first, second))
                    yield first, second


def _by_block(candidates: Iterable[Candidate]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for position, one in enumerate(candidates):
        for name in dict.fromkeys(blocks(one)):
            found[name].append(position)
    return found


def likely(
    candidates: Sequence[Candidate], against: Sequence[Candidate] | None = None, threshold: float = PROPOSE
) -> Iterator[tuple[Candidate, Candidate, Score]]:
    """The pairs whose score reaches the threshold; see `pairs`."""
    others = candidates if against is None else against
    for first, second in pairs(candidates, against):
        found = score(candidates[first], others[second])
        if found.total >= threshold:
            yield candidates[first], others[second], found
