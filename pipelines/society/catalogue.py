"""What each post truly is: topics, quality, author. Only the simulation and its oracle read this."""

import numpy as np

from pipelines.society.arrays import Flags, Floats, Ints


class Catalogue:
    """Posts by row, in order of post id; ``mix`` is posts × topics, rows summing to 1."""

    def __init__(self, topics: int) -> None:
        self.post_ids: Ints = np.empty(0, np.int64)
        self.authors: Ints = np.empty(0, np.int64)
        self.mix: Floats = np.empty((0, topics))
        self.quality: Floats = np.empty(0)
        self.is_video: Flags = np.empty(0, np.bool_)
        self.created_at: Ints = np.empty(0, np.int64)

    def add(
        self, post_ids: Ints, authors: Ints, mix: Floats, quality: Floats, is_video: Flags, now: int
    ) -> None:
        """Append posts made at ``now`` (ms); their ids must be above those that are here."""
        order = np.argsort(post_ids)
        self.post_ids = np.concatenate([self.post_ids, post_ids[order]])
        self.authors = np.concatenate([self.authors, authors[order]])
        self.mix = np.concatenate([self.mix, mix[order]])
        self.quality = np.concatenate([self.quality, quality[order]])
        self.is_video = np.concatenate([self.is_video, is_video[order]])
        self.created_at = np.concatenate([self.created_at, np.full(len(order), now)])

    def rows(self, post_ids: Ints) -> Ints:
        """The row of each post id (any shape); the ids must be known."""
        return np.searchsorted(self.post_ids, post_ids)

    def main_topics(self, rows: Ints) -> Ints:
        """The topic that weighs most in the post of each row (any shape)."""
        return np.asarray(self.mix[rows].argmax(axis=-1))

    def since(self, ms: int) -> Ints:
        """Rows of the posts made at or after ``ms``."""
        return np.arange(np.searchsorted(self.created_at, ms), len(self.created_at))
