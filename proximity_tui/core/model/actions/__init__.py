"""Actions on a guest: what may be asked, the plan of it or its refusal, and the operation that carries it out."""
