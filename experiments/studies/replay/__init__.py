"""Run one world again, with its event log."""
