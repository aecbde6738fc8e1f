"""The doors through which the city's people come in. A page or interface joins with one line."""

from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType

from .casework import work_a_clue
from .registers import pull_a_partner, upload_a_file
from .scene import Scene

DOORS: Mapping[str, Callable[[Scene], Counter[str]]] = MappingProxyType(
    {"import": upload_a_file, "pull": pull_a_partner, "casework": work_a_clue}
)
"""By name: what people do there, and how often each of its interfaces was used."""
