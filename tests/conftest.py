"""What all tests share: how hard the property tests look."""

from __future__ import annotations

import os

from hypothesis import settings

# On a server the same examples each time: a change is judged by what it changed. Elsewhere new ones, which find what is left.
settings.register_profile("server", derandomize=True, deadline=None)
settings.register_profile("here", deadline=None)
settings.load_profile("server" if os.environ.get("CI") else "here")
