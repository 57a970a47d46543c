"""Signatures: their encoding, and making and checking them with the primitives below us."""
