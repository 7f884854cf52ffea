"""What student code shows and students write, made harmless."""
