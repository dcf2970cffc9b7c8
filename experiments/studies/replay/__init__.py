"""One world again, with its event log."""
