"""What may not be shown: a file a rule. Filters fail closed."""
