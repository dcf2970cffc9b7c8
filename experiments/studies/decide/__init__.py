"""Find the least bad arm for each outcome: regret, thresholds, doses."""
