"""The reads of habits: each takes the actor and answers what the actor may see."""
