"""Which arm is least bad, and for whom: regret, thresholds, doses; outcome by outcome."""
