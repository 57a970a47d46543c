"""``python -m countermark``: the same as the ``countermark`` command."""

from __future__ import annotations

from countermark.cli import main

raise SystemExit(main())
