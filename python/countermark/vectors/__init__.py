"""Test vectors: reading them, asking an implementation their questions, and reporting what it answered.

The format is described in ``vectors/README.md`` of the source. A record is a question (an operation and its
input) with the answer that is due; an engine answers questions; the runner compares.
"""
