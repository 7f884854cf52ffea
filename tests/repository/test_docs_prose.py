"""What the documentation says to type or to write outside of its bash blocks is true as well."""
