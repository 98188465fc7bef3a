"""What the service itself remembers, in ``ranking.sqlite`` of the home: served posts, ranked lists."""
