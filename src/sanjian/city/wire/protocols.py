"""The protocols that the city speaks. A protocol joins with one line."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from . import hj212
from .journey import Journey

PROTOCOLS: Mapping[str, Callable[[Journey], Awaitable[None]]] = MappingProxyType({"hj212": hj212.drive})
