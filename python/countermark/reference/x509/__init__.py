"""Certificates, and paths from them to trust anchors."""
