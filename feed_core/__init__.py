"""The feed core: users, graph, posts, timelines and the event log, behind ports."""
