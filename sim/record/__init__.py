"""What is recorded of a day: outcomes and events."""
