"""Find the values of the uncertain parameters for which the answer to a question is yes."""
