"""The messages between hub and cloud: the one part of scentd the cloud may import.

Reading is tolerant: unknown fields are kept or ignored, never refused. Writing is strict. A
breaking change gets a new kind or a new version number; a meaning never changes.
"""
