"""Run and compare scenarios on the same worlds."""
