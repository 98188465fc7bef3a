"""Ports whose writes go through the journal: collected inside a unit, done at once outside of one."""

from collections.abc import Callable, Collection, Sized
from typing import Any

from feed_core.adapters.journal.answers import ANSWERS, REMEMBERED, remember
from feed_core.adapters.journal.calls import bind, pack
from feed_core.adapters.journal.journal import Journal
from feed_core.adapters.journal.port_writes import WRITES


class JournaledPort:
    """Stands in for the port ``name`` over ``store``; has all of its methods.

    ``elsewhere`` are writes that a worker makes from the log later on: inside a unit they do nothing.
    ``exact``, when ``store`` is read through caches, is the same without: what is read inside a unit.
    """

    def __init__(
        self, name: str, store: Any, journal: Journal, elsewhere: Collection[str] = (), exact: Any = None
    ) -> None:
        self._name = name
        self._store = store
        self._exact = store if exact is None else exact
        self._journal = journal
        self._elsewhere = frozenset(elsewhere)

    def __getattr__(self, method: str) -> Callable[..., Any]:
        act: Callable[..., Any] = getattr(self._store, method)
        if method not in WRITES[self._name]:
            return self._reading(method, act)

        def write(*arguments: Any, **named: Any) -> Any:
            if self._journal.unit is None:
                return act(*arguments, **named)
            return self._collect(method, arguments, named)

        return write

    def _reading(self, method: str, act: Callable[..., Any]) -> Callable[..., Any]:
        exactly: Callable[..., Any] = getattr(self._exact, method)
        remembered = (self._name, method) in REMEMBERED
        if self._exact is self._store and not remembered:
            return act

        def read(*arguments: Any, **named: Any) -> Any:
            unit = self._journal.unit
            if unit is None:
                return act(*arguments, **named)
            there = exactly(*arguments, **named)
            if remembered:
                given = bind(self._name, method, *arguments, **named)
                remember(self._exact, unit.known, unit.owners, given, there)
            return there

        return read

    def _collect(self, method: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        unit = self._journal.unit
        assert unit is not None
        if method in self._elsewhere:
            return None
        given = bind(self._name, method, *arguments, **named)
        answer = ANSWERS.get((self._name, method))
        answered = answer(self._exact, unit.known, given) if answer else None
        if not any(_is_nothing(value) for value in given.values()):
            unit.operations.append(pack(self._name, method, given))
        return answered


def _is_nothing(value: object) -> bool:
    """Whether there is nothing to write of ``value``; an empty text or answer is something."""
    return isinstance(value, Sized) and not isinstance(value, str | bytes) and not len(value)
