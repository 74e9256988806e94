"""The HTTP surface of integrations."""
