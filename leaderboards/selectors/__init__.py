"""The reads of leaderboards: each takes the actor and answers what the actor may see."""
