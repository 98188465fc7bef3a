"""The real servers of one machine: what they are, how they start, whether they are well."""
