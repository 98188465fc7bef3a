"""Jobs and their wiring: simulated society, data sets, event lake, Spark, and the command line."""
