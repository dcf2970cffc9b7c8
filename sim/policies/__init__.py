"""The policies, one per file. No other module of `sim` knows a policy."""
