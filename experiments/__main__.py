"""`python -m knockon JOB [overrides]`: the command line, where no script is installed."""

from knockon import main

main()
