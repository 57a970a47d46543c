"""What attestations may lead to: certificates in files, and the metadata of the FIDO Alliance."""

from __future__ import annotations

import argparse
from typing import Final

from countermark.cli.outcome import usage
from countermark.cli.terminal import read_file
from countermark.webauthn import Metadata, TrustAnchors

_BLOB_LIMIT: Final = 32 << 20
_NO_TIME: Final = "trust needs a time: give --at"


def trust_of(options: argparse.Namespace) -> TrustAnchors | Metadata | None:
    """The anchors that the options name, or None where they name none."""
    if options.metadata is None and options.metadata_root:
        raise usage("--metadata-root is for --metadata")
    if options.metadata is None and not options.trust:
        if options.at is not None:
            raise usage("--at is for --trust and --metadata")
        return None
    if options.at is None:
        raise usage(_NO_TIME)
    if options.metadata is None:
        return anchors_of(options.trust)
    if options.trust:
        raise usage("give either --trust or --metadata")
    if not options.metadata_root:
        raise usage("--metadata needs --metadata-root, the certificate it is signed under")
    return Metadata.from_blob(
        read_file(options.metadata, limit=_BLOB_LIMIT),
        trust=anchors_of(options.metadata_root),
        at=options.at,
        allow_sha1=options.allow_sha1,
    )


def anchors_of(paths: list[str]) -> TrustAnchors:
    """The certificates in these files, PEM or DER."""
    return TrustAnchors([read_file(path) for path in paths])


def unverified_metadata(path: str | None) -> Metadata | None:
    """Metadata that only lend their names."""
    if path is None:
        return None
    return Metadata.parse_unverified(read_file(path, limit=_BLOB_LIMIT))
