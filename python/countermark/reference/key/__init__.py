"""Keys and every encoding of them."""
