"""The reads of groups: each takes the actor and answers what the actor may see."""
