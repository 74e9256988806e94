"""Three made-up people with a year behind them, to try the service with."""
