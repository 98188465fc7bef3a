"""The society: people, their tastes and ties, what is planted, and the true nature of every post."""

import numpy as np

from feed_core.model.clock import DAY
from pipelines.society.appeal import Encounter, expected_value
from pipelines.society.arrays import Flags, Floats, Ints
from pipelines.society.catalogue import Catalogue
from pipelines.society.config import SocietyConfig
from pipelines.society.follows import grow
from pipelines.society.pairs import PairSet, tie_strength
from pipelines.society.people import populate
from pipelines.society.planted import plant, ring_follows
from pipelines.society.tastes import Tastes
from pipelines.society.vocabulary import topic_tags


class Society:
    """One world, the same for the same ``config`` and ``seed``. People are rows 0 to people − 1.

    ``user_ids`` is 0 for those who have not signed up yet.
    """

    def __init__(self, config: SocietyConfig, seed: int) -> None:
        self.config, self.seed = config, seed
        self.people = populate(config, seed)
        self.tastes = Tastes(self.people.tastes, seed=seed, sigma=config.drift)
        self.tags = topic_tags(config.topics, config.tags_per_topic)
        self.planted = plant(config, self.people, self.tags, seed)
        self.planned_follows = self._planned_follows()
        self.following = PairSet(config.people)
        self.catalogue = Catalogue(config.topics)
        self.user_ids = np.zeros(config.people, np.int64)

    def _planned_follows(self) -> tuple[Ints, Ints]:
        """Every follow that will be made by itself, each once, as (followers, followees)."""
        pairs = PairSet(self.config.people)
        pairs.add(*grow(self.people, self.config, self.seed))
        pairs.add(*ring_follows(self.planted))
        return pairs.arrays()

    def day(self, now: int) -> int:
        """The day of the play at ``now`` (ms); 0 is the first."""
        return (now - self.config.start_ms) // DAY

    def persons(self, user_ids: Ints) -> Ints:
        """The row of each user id; the ids must be known."""
        order = np.argsort(self.user_ids, kind="stable")
        return order[np.searchsorted(self.user_ids, user_ids, sorter=order)]

    def is_newcomer(self) -> Flags:
        """Who signs up after the start: the cold-start authors."""
        return self.people.joined_at > self.config.start_ms

    def encounter(self, persons: Ints, rows: Ints, now: int, fatigue: Floats | None = None) -> Encounter:
        """Readers (rows of people) meeting posts (rows of the catalogue); shapes broadcast."""
        persons, rows = np.broadcast_arrays(persons, rows)
        catalogue, people = self.catalogue, self.people
        authors = catalogue.authors[rows]
        follows = self.following.has(persons, authors)
        tie = np.where(follows, tie_strength(persons, authors, self.config.people), 0.0)
        tastes = self.tastes.on(self.day(now))
        return Encounter(
            match=np.einsum("...t,...t->...", tastes[persons], catalogue.mix[rows]),
            quality=catalogue.quality[rows],
            tie=tie,
            warmth=people.warmth[persons],
            fatigue=np.zeros(persons.shape) if fatigue is None else fatigue,
            video_liking=catalogue.is_video[rows] * (1 + 0.5 * people.video_taste[persons]),
            follows=follows,
        )

    def encounter_all(self, persons: Ints, rows: Ints, now: int) -> Encounter:
        """Every one of ``persons`` (p,) meeting every one of ``rows`` (n,), arrays (p, n), no fatigue."""
        catalogue, people = self.catalogue, self.people
        sources = persons[:, None]
        authors, author_of = np.unique(catalogue.authors[rows], return_inverse=True)
        follows = self.following.has(sources, authors)
        tie = np.where(follows, tie_strength(sources, authors, self.config.people), 0.0)
        liking = 1 + 0.5 * people.video_taste[sources]
        return Encounter(
            match=self.tastes.on(self.day(now))[persons] @ catalogue.mix[rows].T,
            quality=catalogue.quality[rows][None, :],
            tie=tie[:, author_of],
            warmth=people.warmth[sources],
            fatigue=np.zeros((1, 1)),
            video_liking=catalogue.is_video[rows][None, :] * liking,
            follows=follows[:, author_of],
        )

    def true_value(self, user_ids: Ints, post_ids: Ints, now: int) -> Floats:
        """The expected value of showing each post to each user at ``now``, without fatigue."""
        persons, rows = self.persons(user_ids), self.catalogue.rows(post_ids)
        return expected_value(self.encounter(persons, rows, now))
