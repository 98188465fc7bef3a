"""How an oracle fills a list: place by place the post of most true value, tired of what stands above."""

import numpy as np

from pipelines.society.appeal import expected_value
from pipelines.society.arrays import Flags, Ints
from pipelines.society.behaviour import MOST_FATIGUE, SAME_AUTHOR, SAME_TOPIC
from pipelines.society.serving import Lists
from pipelines.society.society import Society

NONE = -1


def choose(society: Society, persons: Ints, rows: Ints, allowed: Flags, now: int, limit: int) -> Ints:
    """Rows of the catalogue for each of ``persons`` (p,), (p, limit), ``NONE`` past the end.

    ``rows`` (p, k) are what each may be shown where ``allowed``. Greedy by the expected value at ``now``
    under the fatigue of the authors and topics above, as ``behaviour`` has it; what was seen earlier on
    the day is not counted. O(p · k · limit).
    """
    each, k = np.arange(len(persons)), rows.shape[1]
    meeting = society.encounter(persons[:, None], rows, now)
    authors, topics = society.catalogue.authors[rows], society.catalogue.main_topics(rows)
    left, fatigue = allowed.copy(), np.zeros(rows.shape)
    chosen = np.full((len(persons), limit), NONE, np.int64)
    for place in range(min(limit, k)):
        tired = meeting._replace(fatigue=np.minimum(fatigue, MOST_FATIGUE))
        best = np.where(left, expected_value(tired), -np.inf).argmax(axis=1)
        chosen[:, place] = np.where(left[each, best], rows[each, best], NONE)
        left[each, best] = False
        fatigue += SAME_AUTHOR * (authors == authors[each, best, None])
        fatigue += SAME_TOPIC * (topics == topics[each, best, None])
    return chosen


def pairs_of(society: Society, chosen: Ints) -> Lists:
    """Each reader's list as (post_id, author's user id), in order."""
    catalogue = society.catalogue
    lists = []
    for row in chosen:
        found = row[row != NONE]
        authors = society.user_ids[catalogue.authors[found]]
        lists.append(list(zip(catalogue.post_ids[found].tolist(), authors.tolist(), strict=True)))
    return lists
