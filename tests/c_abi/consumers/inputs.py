"""Writes what the consumers take, a new key and a challenge, into a folder: ``python inputs.py FOLDER``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from countermark import PrivateKey

folder = Path(sys.argv[1])
folder.joinpath("key.pem").write_bytes(PrivateKey.generate("ES256").export_private_key("pem"))
listed = {"key": [{"type": "public-key", "id": "cr-1"}]}
challenge = {"challenge": "Y2gtNDdtNnI", "allowCredentials": listed}
folder.joinpath("challenge.json").write_text(json.dumps(challenge), "ascii")
