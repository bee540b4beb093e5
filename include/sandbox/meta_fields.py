"""`fields=a,b{c},e.limit(5){f}` and `insights.metric(a,b)`: read, and applied to a thing (meta.md 0.3)."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from include.sandbox.meta_errors import GraphError, invalid, no_field

if TYPE_CHECKING:
    from include.sandbox.meta_asking import Ask

PIECE = re.compile(r"[^,.(){}]+|[,.(){}]")


@dataclass(kw_only=True)
class Field:
    """One asked field: its name, arguments such as limit, and the fields below it."""

    name: str
    arguments: dict[str, str] = field(default_factory=dict)
    below: list[Field] = field(default_factory=list)


Shown = Callable[["Ask", Any, Field], Any]
"""Returns a field's value for a thing, None when it has none; may be a coroutine function."""


@dataclass(frozen=True, kw_only=True)
class View:
    """How one type of node is read: its name in errors, its fields, and those shown when none is asked."""

    node: str
    fields: Mapping[str, Shown]
    usual: tuple[str, ...] = ("id",)


class _Reader:
    """Reads a `fields` text piece by piece."""

    def __init__(self, text: str) -> None:
        self._pieces = PIECE.findall(re.sub(r"\s", "", text))
        self._at = 0

    def next(self) -> str:
        """Return the next piece and go on."""
        self._at += 1
        return self._pieces[self._at - 1] if self._at <= len(self._pieces) else ""

    def peek(self) -> str:
        """Return the next piece and stay."""
        return self._pieces[self._at] if self._at < len(self._pieces) else ""

    def fields(self, closing: str = "") -> list[Field]:
        """Read fields up to `closing`."""
        found = [self.one()]
        while self.peek() == ",":
            self.next()
            found.append(self.one())
        if self.next() != closing:
            raise GraphError(2500, "Syntax error \"Expected end of string instead of '{'.\" at the fields parameter.")
        return found

    def one(self) -> Field:
        """Read one field."""
        name = self.next()
        if not name or name in ",.(){}":
            raise GraphError(2500, 'Syntax error "Field name expected." at the fields parameter.')
        read = Field(name=name)
        while self.peek() == ".":
            self.next()
            argument = self.next()
            read.arguments[argument] = self.values()
        if self.peek() == "{":
            self.next()
            read.below = self.fields("}")
        return read

    def values(self) -> str:
        """Read `(a,b)`."""
        text, opened = "", self.next()
        while opened == "(" and self.peek() not in ("", ")"):
            text += self.next()
        if opened != "(" or self.next() != ")":
            raise GraphError(2500, 'Syntax error "Argument expected." at the fields parameter.')
        return text


def read_fields(text: str | None) -> list[Field]:
    """Return what a `fields` parameter asks for; raises the Graph API's syntax error."""
    return _Reader(text).fields() if text else []


async def show(ask: Ask, view: View, thing: Any, wanted: list[Field] | None = None) -> dict[str, Any]:
    """Return the asked fields of a thing and always its id; raises #100 for one that does not exist."""
    asked = wanted or [Field(name=name) for name in view.usual]
    for one in asked:
        if one.name not in view.fields:
            raise no_field(one.name, view.node)
    shown: dict[str, Any] = {}
    for one in asked:
        value = view.fields[one.name](ask, thing, one)
        if isawaitable(value):
            value = await value
        if value is not None:
            shown[one.name] = value
    return {**shown, "id": thing.id}


def attribute(name: str) -> Shown:
    """Return a reader of a thing's own attribute."""
    return lambda ask, thing, field: getattr(thing, name) or None


def constant(value: Any) -> Shown:
    """Return a reader that always says the same."""
    return lambda ask, thing, field: value


def flag(params: Mapping[str, Any], name: str) -> bool | None:
    """Read a boolean parameter; None when it is not there; raises #100 for anything else."""
    value = params.get(name)
    if value is None or value == "":
        return None
    if str(value).lower() in ("true", "1"):
        return True
    if str(value).lower() in ("false", "0"):
        return False
    raise invalid(f"Param {name} must be a boolean")


def whole(params: Mapping[str, Any], name: str) -> int | None:
    """Read a whole number; None when it is not there; raises #100 for anything else."""
    value = params.get(name)
    if value is None or value == "":
        return None
    if not re.fullmatch(r"-?\d+", str(value)):
        raise invalid(f"Param {name} must be an integer")
    return int(value)


Handler = Callable[["Ask", Any], Awaitable[Any]]
"""Answers one call about one node: the JSON body; raises `GraphError`."""
