"""Reading what the stages need: the person, facts about posts, features, the shown page."""
