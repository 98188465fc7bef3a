"""The small framework: what a stage is, and how stages run within a budget and without unsafe answers."""
