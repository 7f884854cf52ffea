"""What crosses the trust boundary: known to the judge process and to the student process."""
