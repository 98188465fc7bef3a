"""The services and workers over the stores, wired: what a program opens."""

from feed_core.core.feed_core import CELEBRITY_THRESHOLD, FeedCore

__all__ = ["CELEBRITY_THRESHOLD", "FeedCore"]
