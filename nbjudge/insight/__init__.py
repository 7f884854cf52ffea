"""What a class did with an assignment: counted from the gradebook and from all attempts."""
