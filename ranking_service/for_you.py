"""The For You pipeline, top to bottom. A folder is a stage, a file is a rule."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import CollectorRegistry

from features.matrix import FeatureReader
from features.online import OnlineRows, open_online
from feed_core.core import FeedCore
from feed_core.model.rules import check_limit
from ranking_service.candidates import ScoreCandidates, checked_candidates
from ranking_service.effects.impressions import LogImpressions
from ranking_service.effects.keep_snapshots import KeepSnapshots
from ranking_service.effects.remember_served import RememberServed
from ranking_service.filters.closed_authors import ClosedAuthors
from ranking_service.filters.deleted import Deleted
from ranking_service.filters.duplicates import Duplicates
from ranking_service.filters.hidden_authors import HiddenAuthors
from ranking_service.filters.hidden_in_timelines import HiddenInTimelines
from ranking_service.filters.muted_words import MutedWords
from ranking_service.filters.own_posts import OwnPosts
from ranking_service.filters.seen import Seen
from ranking_service.freshness.freshness import Freshness
from ranking_service.hydration.feature_rows import ReadFeatures
from ranking_service.hydration.person import ReadPerson
from ranking_service.hydration.post_facts import PostFacts
from ranking_service.hydration.shown_page import items_of
from ranking_service.ladder import Ladder
from ranking_service.memory.database import open_memory
from ranking_service.memory.served import ServedPosts
from ranking_service.memory.snapshots import Snapshots
from ranking_service.paging import Paging
from ranking_service.pipeline.aftermath import Aftermath
from ranking_service.pipeline.budget import Budget
from ranking_service.pipeline.gathering import Gathering
from ranking_service.pipeline.metrics import RankMetrics
from ranking_service.pipeline.pool import Pool
from ranking_service.pipeline.ranking import Page
from ranking_service.pipeline.trace import Trace
from ranking_service.records import Answer, Request, Scores
from ranking_service.scoring.champion import Champion, Compile
from ranking_service.scoring.knobs import check_knobs
from ranking_service.scoring.ranker import Ranker
from ranking_service.selection.author_decay import AuthorDecay
from ranking_service.selection.out_of_network import OutOfNetwork
from ranking_service.sources.in_network import InNetwork
from ranking_service.sources.listed import collaborative, discovery
from ranking_service.sources.trending import Trending

ONLINE_FILE = Path("features") / "online.sqlite"


@dataclass(frozen=True)
class ForYou:
    """Ranked timelines of one home. Safe to use from many threads.

    ``budget_ms`` is the time that an answer may take before its rung is lowered; without one (for
    simulations and replays) sources run one after the other and the same request repeats exactly.
    """

    core: FeedCore
    online: OnlineRows
    champion: Champion
    person: ReadPerson
    paging: Paging
    candidates: ScoreCandidates
    aftermath: Aftermath
    gathering: Gathering
    freshness: Freshness
    metrics: RankMetrics
    budget_ms: int | None

    @classmethod
    def open(
        cls, core: FeedCore, home: Path, *, budget_ms: int | None = 300,
        compile_trees: Compile = "background", registry: CollectorRegistry | None = None,
        online: OnlineRows | None = None,
    ) -> "ForYou":  # fmt: skip
        """The pipeline over ``core`` and the online rows, bundles and memory in ``home``.

        Raises ``Corrupt`` when a database there is damaged. A missing or damaged bundle is no error:
        timelines are chronological until one works; ``champion.problem`` says why.
        """
        online = online or open_online(home / ONLINE_FILE)
        memory, trending = open_memory(home), Trending(core.posts, core.visibility)
        served, snapshots = ServedPosts(memory), Snapshots(memory)
        person = ReadPerson(core, served)
        gathering = Gathering(
            (InNetwork(core.timelines), collaborative(online), discovery(online), trending),
            parallel=budget_ms is not None,
        )
        facts = PostFacts(core.posts)
        there, words = (Duplicates(), Deleted(core.stores.posts)), MutedWords(core.muting)
        closed = ClosedAuthors(core.visibility)
        safety = (*there, HiddenAuthors(), closed, OwnPosts(), words)
        timeline_safety = (*there, HiddenInTimelines(core.graph), closed, OwnPosts(), words)
        filters = (*safety, Seen())
        features = ReadFeatures(FeatureReader(online))
        champion = Champion(home, compile_trees=compile_trees)
        champion.look()
        ranker = Ranker(rules=(OutOfNetwork(0.75),), selector=AuthorDecay(decay=0.5, floor=0.25))
        effects = (KeepSnapshots(snapshots), LogImpressions(core.impressions), RememberServed(served))

        ladder = Ladder(gathering, facts, features, champion, ranker, snapshots, core.timelines)
        paging = Paging(ladder, snapshots, safety, filters, timeline_safety)
        candidates = ScoreCandidates(ladder, (*there, HiddenAuthors(), closed, words))
        metrics = RankMetrics(registry)
        aftermath = Aftermath(effects, metrics)
        freshness = Freshness(core.stores.events, core.clock, online, served)
        return cls(
            core, online, champion, person, paging, candidates, aftermath, gathering, freshness, metrics,
            budget_ms,
        )  # fmt: skip

    def rank(self, request: Request) -> Answer:
        """One page, logged and remembered. Raises ``InvalidInput``, ``NotFound``, ``Unavailable``."""
        return self.rank_many([request])[0]

    def rank_many(self, requests: Sequence[Request]) -> list[Answer]:
        """A page a request, in order; all are decided before any of them is remembered as served."""
        return [self._answer(page) for page in self.sent(self.pages(requests))]

    def pages(self, requests: Sequence[Request], threads: Executor | None = None) -> list[Page]:
        """As ``rank_many`` decides them, in columns; ``sent`` is what makes them count. Pages know nothing of
        each other, so that ``threads`` may make them side by side."""
        ids = self.core.ids.for_owners([request.user_id for request in requests])
        made = threads.map if threads else map
        return list(made(self._page, requests, ids))

    def sent(self, pages: Sequence[Page]) -> list[Page]:
        """Log and remember ``pages``; they are as they may be shown on return, see ``Aftermath``."""
        pages = self.aftermath.run(pages)
        for page in pages:
            self.metrics.answers.labels(page.shown.served_by).inc()
        return pages

    def preview(self, user_id: int, limit: int = 20, *, now: int | None = None) -> Answer:
        """What the person would get with nothing served before; nothing is logged or remembered."""
        trace, request = self._trace(user_id), Request(user_id=user_id, limit=limit, now=now)
        check_limit(limit)
        return self._answer(self.paging.preview(self.person.query(request, trace), trace))

    def newest_first(self, user_id: int, limit: int = 20, *, now: int | None = None) -> Answer:
        """The chronological timeline in the same shape as ``preview``; nothing is logged."""
        trace, request = self._trace(user_id), Request(user_id=user_id, limit=limit, now=now)
        check_limit(limit)
        return self._answer(self.paging.newest_first(self.person.query(request, trace), trace))

    def gather(self, request: Request) -> Pool:
        """The candidates of ``request`` after the filters; nothing is scored, logged or remembered."""
        trace = self._trace(request.user_id)
        return self.paging.ladder.candidates(self.person.query(request, trace), self.paging.filters, trace)

    def score_candidates(
        self, user_id: int, post_ids: Sequence[int], *, why: bool = False,
        knobs: Mapping[str, float] | None = None, now: int | None = None,
    ) -> Scores:  # fmt: skip
        """The caller's candidates by value, best first; what may not be shown is named in ``dropped``."""
        trace = self._trace(user_id)
        ids = checked_candidates(post_ids)
        check_knobs(knobs or {})
        request = Request(user_id=user_id, now=now, knobs=dict(knobs or {}))
        return self.candidates.scores(self.person.query(request, trace), ids, trace, why=why)

    def close(self) -> None:
        """Let threads and files go; the core stays open."""
        self.freshness.stop()
        self.gathering.close()
        self.person.served.connections.close()
        self.online.close()

    def _page(self, request: Request, decision_id: int) -> Page:
        check_limit(request.limit)
        check_knobs(request.knobs)
        trace = self._trace(request.user_id)
        with trace.timed("hydration"):
            query = self.person.query(request, trace)
        return self.paging.page(query, trace, decision_id)

    def _trace(self, user_id: int) -> Trace:
        seconds = None if self.budget_ms is None else self.budget_ms / 1000
        return Trace(self.metrics, Budget(seconds), user_id)

    def _answer(self, page: Page) -> Answer:
        return Answer(
            user_id=page.query.user_id,
            items=items_of(self.core, page, self.champion.model()),
            served_by=page.shown.served_by,
            decision_id=page.decision_id,
            next_cursor=page.next_cursor,
            feature_age_ms=page.shown.feature_age_ms,
            model_version=page.shown.model_version,
        )
