"""The tasks, a module each: ``job_posting`` holds ``JobPosting``; nothing is imported before it is asked for."""
