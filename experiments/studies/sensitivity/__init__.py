"""Which parameters matter: a screening, Sobol indices, and mechanisms switched off one by one."""
