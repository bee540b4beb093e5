"""Names of a package that are imported when first asked for: to name a platform or a gateway costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def names_of(package: str, where: Mapping[str, str]) -> Callable[[str], Any]:
    """Return the `__getattr__` of `package`; it raises `AttributeError` for a name that is not in `where`.

    `where` is name → module of the package, or `module.other_name` where the thing is called otherwise there.
    """

    def get(name: str) -> Any:
        if name not in where:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module, _, there = where[name].partition(".")
        return getattr(import_module(f"{package}.{module}"), there or name)

    return get
