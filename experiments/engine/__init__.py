"""The worlds of an arm: split, computed by workers, put together."""
