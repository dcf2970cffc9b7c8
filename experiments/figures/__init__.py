"""Drawing that several questions share: tables in, a matplotlib Figure out."""
