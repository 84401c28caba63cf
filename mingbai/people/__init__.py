"""Who acts: users and roles, the register of workers, duties, partners and their keys."""
