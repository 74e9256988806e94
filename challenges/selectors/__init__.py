"""The reads of challenges: each takes the actor and answers what the actor may see."""
