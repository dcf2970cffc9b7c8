"""The figures of a comparison: tables and datasets in, a matplotlib Figure out. One kind of figure per module."""
