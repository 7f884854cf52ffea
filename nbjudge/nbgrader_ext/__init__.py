"""nbgrader's extension points, and the rows and files that it keeps."""
