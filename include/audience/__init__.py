"""What people say: their comments, and what we do about them."""
