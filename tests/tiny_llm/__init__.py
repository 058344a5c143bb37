"""A real inference server for tests: llama.cpp's own, on a model of 370 kB with random weights that is written on the spot.

The texts are gibberish. The protocol, the grammar that holds an answer to its schema, ``length``, the counts of tokens, the
errors and the concurrency are those of llama.cpp. ``serve`` needs the extra ``live``; ``model`` the standard library alone.
"""
