"""Calls of ports' methods as data: packed by the signature, done later on whatever stands behind the port."""

import inspect
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple, get_type_hints

import msgspec

from feed_core.adapters.journal.port_writes import PORTS
from feed_core.adapters.journal.units import Operation

_encode = msgspec.msgpack.Encoder().encode


class _Shape(NamedTuple):
    """A method's signature and how its arguments are read back."""

    signature: inspect.Signature
    decoder: msgspec.msgpack.Decoder[Any]
    only_named: frozenset[str]


def bind(port: str, method: str, *arguments: Any, **named: Any) -> dict[str, Any]:
    """The arguments by name, with defaults; raises ``TypeError`` when they do not fit the port's method."""
    bound = _shape(port, method).signature.bind(*arguments, **named)
    bound.apply_defaults()
    return dict(bound.arguments)


def pack(port: str, method: str, given: Mapping[str, Any]) -> Operation:
    """The call as an operation; ``given`` as ``bind`` answers it."""
    return Operation(port, method, _encode(list(given.values())))


def call(store: Any, operation: Operation) -> None:
    """Do the operation on ``store``."""
    shape = _shape(operation.port, operation.method)
    values = dict(zip(shape.signature.parameters, shape.decoder.decode(operation.arguments), strict=True))
    named = {name: values.pop(name) for name in shape.only_named}
    getattr(store, operation.method)(*values.values(), **named)


@cache
def _shape(port: str, method: str) -> _Shape:
    function = getattr(PORTS[port], method)
    whole = inspect.signature(function)
    parameters = [parameter for name, parameter in whole.parameters.items() if name != "self"]
    hints = get_type_hints(function)
    kinds = tuple(hints[parameter.name] for parameter in parameters)
    return _Shape(
        whole.replace(parameters=parameters),
        msgspec.msgpack.Decoder(tuple[kinds]),  # type: ignore[valid-type]
        frozenset(one.name for one in parameters if one.kind is inspect.Parameter.KEYWORD_ONLY),
    )
