"""How long hypothesis looks: HYPOTHESIS_PROFILE=thorough for a long look, else one that takes seconds."""

import os

from hypothesis import HealthCheck, settings

_QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
# A busy machine must not fail a test: no deadlines. The suite's runs repeat themselves; the long look does not.
settings.register_profile("suite", max_examples=100, deadline=None, derandomize=True, suppress_health_check=_QUIET)
settings.register_profile("thorough", max_examples=5000, deadline=None, print_blob=True, suppress_health_check=_QUIET)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))
