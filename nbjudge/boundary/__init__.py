"""What crosses the trust boundary: known to the judge process and to the student process.

Student code can read everything here, and can change it in its own process. So nothing here is a
secret, and nothing in the judge process relies on what the student process does with it.
"""
