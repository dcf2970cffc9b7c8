"""Parameters and switches: what they are, their priors, and the draws that worlds have of them."""
