"""Which arm is least bad, outcome by outcome: regret, thresholds, doses."""
