"""One file per subcommand of ``loupe``; heavy libraries load only when their command runs."""
