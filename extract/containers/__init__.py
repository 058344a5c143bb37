"""Files that hold a document inside of something else: each becomes one text, and beside it what the file says about it."""
