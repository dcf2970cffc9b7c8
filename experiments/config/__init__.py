"""YAML and overrides in; a checked, frozen arm out, or one line that says what is wrong."""
