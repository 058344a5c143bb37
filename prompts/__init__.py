"""Prompts for models, a folder per task; the rules engine needs none, and there are none yet."""
