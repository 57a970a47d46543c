"""How hard the property tests look: ``COUNTERMARK_HYPOTHESIS_PROFILE`` is ``default`` or ``thorough``."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_QUIET = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)

settings.register_profile(
    "default", max_examples=70, deadline=None, print_blob=True, suppress_health_check=_QUIET
)
settings.register_profile(
    "thorough", max_examples=1000, deadline=None, print_blob=True, suppress_health_check=_QUIET
)
settings.load_profile(os.environ.get("COUNTERMARK_HYPOTHESIS_PROFILE", "default"))
