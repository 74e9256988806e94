"""Named writes of integrations."""
