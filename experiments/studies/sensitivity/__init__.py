"""Which numbers matter: screened, told apart by Sobol indices, and mechanisms switched off one by one."""
