"""Windowed counts as arrays: events in, one row per key and slice where a counter changes out.

Works on one partition that holds every event of its keys. An hour's sum enters a counter at the start of
the next slice and leaves it a window later; a counter is the running sum of both, in whole numbers. The
words for windows are in ``features.definitions.windows``.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


class Counter(NamedTuple):
    """A windowed count: of which action codes, over how many slices, of events or of their amounts."""

    codes: tuple[int, ...]
    slices: int
    adds_amounts: bool


class Changes(NamedTuple):
    """``keys`` (k arrays of n), ``slices`` (n,), ``values`` (n, counters) float32: sorted by key, slice."""

    keys: list[Ints]
    slices: Ints
    values: NDArray[np.float32]


def window_rows(
    keys: Sequence[Ints], slices: Ints, codes: Ints, amounts: Ints, counters: Sequence[Counter]
) -> Changes:
    """All changes of ``counters`` per key.

    ``keys`` are k arrays (n,), ``slices`` (n,) the hour of each event, ``codes`` (n,) its action,
    ``amounts`` (n,) what it adds to a counter of amounts. Needs O(n · counters) time after two sorts.
    """
    order = np.lexsort((slices, *reversed(keys)))
    keys, slices = [key[order] for key in keys], slices[order]
    firsts = _starts([*keys, slices])
    hourly = _sums(codes[order], amounts[order], firsts, counters)
    keys, slices = [key[firsts] for key in keys], slices[firsts]
    return _running(keys, *_entering_and_leaving(slices, hourly, counters))


def _starts(columns: Sequence[Ints]) -> Ints:
    """Where a run of equal rows begins in sorted columns."""
    new = np.ones(len(columns[0]), dtype=bool)
    new[1:] = False
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(new)


def _sums(codes: Ints, amounts: Ints, firsts: Ints, counters: Sequence[Counter]) -> Ints:
    sums = np.zeros((len(firsts), len(counters)), dtype=np.int64)
    known: dict[tuple[tuple[int, ...], bool], int] = {}
    for at, counter in enumerate(counters):
        same = known.setdefault((counter.codes, counter.adds_amounts), at)
        if same != at:
            sums[:, at] = sums[:, same]
        elif len(firsts):
            counts = np.isin(codes, counter.codes)
            added = np.where(counts, amounts, 0) if counter.adds_amounts else counts
            sums[:, at] = np.add.reduceat(added, firsts, dtype=np.int64)
    return sums


def _entering_and_leaving(slices: Ints, hourly: Ints, counters: Sequence[Counter]) -> tuple[Ints, Ints, Ints]:
    """(row of ``slices``, slice, signed change (m, counters)) of every change, in no order."""
    everything = np.arange(len(slices))
    rows, moments, changes = [everything], [slices + 1], [hourly]
    for window in sorted({counter.slices for counter in counters}):
        leaving = np.where([counter.slices == window for counter in counters], -hourly, 0)
        present = np.flatnonzero(leaving.any(axis=1))
        rows.append(present)
        moments.append(slices[present] + 1 + window)
        changes.append(leaving[present])
    return np.concatenate(rows), np.concatenate(moments), np.concatenate(changes)


def _running(keys: Sequence[Ints], rows: Ints, moments: Ints, changes: Ints) -> Changes:
    group = np.zeros(len(keys[0]), dtype=np.int64)
    group[_starts(keys)] = 1
    group = np.cumsum(group) - 1
    # Few sorted runs after one another: a stable sort merges them.
    order = np.argsort((group[rows] << 32) + moments, kind="stable")
    rows, moments = rows[order], moments[order]
    groups = group[rows]
    firsts = _starts([groups, moments])
    if not len(firsts):
        return Changes(list(keys), moments, np.zeros((0, changes.shape[1]), dtype=np.float32))
    total = np.cumsum(np.add.reduceat(changes[order], firsts, axis=0), axis=0)
    rows, moments, groups = rows[firsts], moments[firsts], groups[firsts]
    begins = _starts([groups])
    earlier = np.concatenate([np.zeros_like(total[:1]), total[begins[1:] - 1]])
    values = (total - earlier[groups - groups[0]]).astype(np.float32)
    return Changes([key[rows] for key in keys], moments, values)
