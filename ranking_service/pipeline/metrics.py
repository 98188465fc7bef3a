"""What an operator sees of the pipeline: time by stage, rungs, failures, where posts come from and go."""

from prometheus_client import CollectorRegistry, Counter, Histogram

_BUCKETS = (0.0002, 0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1.0)


class RankMetrics:
    """Prometheus metrics of one service; a registry of its own when none is given."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        registry = registry or CollectorRegistry()
        self.seconds = Histogram(
            "loupe_rank_stage_seconds", "Time by stage", ("stage",), registry=registry, buckets=_BUCKETS
        )
        self.answers = Counter("loupe_rank_answers", "Answers by rung", ("served_by",), registry=registry)
        self.failures = Counter(
            "loupe_rank_failures",
            "Parts that failed or ran out of time",
            ("stage", "part"),
            registry=registry,
        )
        self.found = Counter("loupe_rank_found", "Candidates by source", ("source",), registry=registry)
        self.dropped = Counter("loupe_rank_dropped", "Candidates by filter", ("filter",), registry=registry)
