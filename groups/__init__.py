"""Groups of people, the tenants: who belongs to one, in which role, and how people come in and go."""
