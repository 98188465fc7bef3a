"""Every write of every port comes back from its bytes as it was given."""

import inspect
import types
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feed_core.adapters.journal.calls import bind, call, pack
from feed_core.adapters.journal.port_writes import PORTS, WRITES
from feed_core.adapters.journal.units import Operation

EVERY_WRITE = [(port, method) for port in sorted(WRITES) for method in sorted(WRITES[port])]
PLAIN = {
    int: st.integers(-(1 << 63), (1 << 63) - 1),
    str: st.text(max_size=9),
    bytes: st.binary(max_size=9),
    bool: st.booleans(),
    float: st.floats(allow_nan=False),
    types.NoneType: st.none(),
}


def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a type that stands in a port's signature or in a record of the model."""
    parts = [part for part in get_args(kind) if part is not Ellipsis]
    origin = get_origin(kind)
    if kind in PLAIN:
        return PLAIN[kind]
    if origin is Literal:
        return st.sampled_from(parts)
    if origin in (Mapping, dict):
        return st.dictionaries(values_of(parts[0]), values_of(parts[1]), max_size=3)
    if origin in (Sequence, Collection, list):
        return st.lists(values_of(parts[0]), max_size=3)
    if origin is tuple and Ellipsis in get_args(kind):
        return st.lists(values_of(parts[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*map(values_of, parts))
    if parts:
        return st.one_of(*map(values_of, parts))
    fields = get_type_hints(kind)
    return st.builds(kind, **{name: values_of(fields[name]) for name in fields})


class Recorder:
    """Stands in for a store."""

    def __init__(self) -> None:
        self.called: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []

    def __getattr__(self, method: str) -> Any:
        def act(*arguments: Any, **named: Any) -> None:
            self.called.append((method, arguments, named))

        return act


def parameters_of(port: str, method: str) -> list[inspect.Parameter]:
    return list(inspect.signature(getattr(PORTS[port], method)).parameters.values())[1:]


@pytest.mark.parametrize(("port", "method"), EVERY_WRITE)
@given(data=st.data())
@settings(max_examples=5)
def test_a_write_reaches_the_store_as_it_was_given(port: str, method: str, data: st.DataObject) -> None:
    hints, parameters = get_type_hints(getattr(PORTS[port], method)), parameters_of(port, method)
    given_ = {each.name: data.draw(values_of(hints[each.name])) for each in parameters}
    packed = msgspec.msgpack.encode(pack(port, method, bind(port, method, **given_)))
    store = Recorder()
    call(store, msgspec.msgpack.decode(packed, type=Operation))
    ((called, arguments, named),) = store.called
    assert called == method
    by_place = [each.name for each in parameters if each.kind is not inspect.Parameter.KEYWORD_ONLY]
    assert dict(zip(by_place, arguments, strict=True)) | named == given_
    assert set(named) == {each.name for each in parameters} - set(by_place)


def test_arguments_that_do_not_fit_are_refused_before_anything_is_collected() -> None:
    with pytest.raises(TypeError):
        bind("timelines", "set_pulled", [1], True)
    with pytest.raises(TypeError):
        bind("graph", "add", "follow")


def test_a_call_by_place_and_one_by_name_are_the_same_operation() -> None:
    by_place = pack("idempotency", "put", bind("idempotency", "put", 4, "key", b"answer", 7))
    by_name = bind("idempotency", "put", 4, expires_at=7, answer=b"answer", key="key")
    assert pack("idempotency", "put", by_name) == by_place


def test_every_method_that_answers_nothing_is_a_write() -> None:
    """Else it would act in the middle of a unit that may not happen."""
    for port, kind in PORTS.items():
        methods = {
            name: act for name, act in vars(kind).items() if inspect.isfunction(act) and name[0] != "_"
        }
        silent = {name for name, act in methods.items() if get_type_hints(act)["return"] is types.NoneType}
        assert silent <= WRITES[port] <= methods.keys(), port
