"""Links and policy to customers: pure, and in no order."""
