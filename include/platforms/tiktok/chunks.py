"""How a file is cut for TikTok's upload address: pure arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

SINGLE_CHUNK_MAX_BYTES = 64_000_000
"""Up to here one chunk is allowed; 64 MB whether read as decimal or binary (tiktok reference A.6)."""
CHUNK_BYTES = 10_000_000
"""What larger files are cut into; inside 5 MB to 64 MB in both readings."""
MAX_CHUNKS = 1000


@dataclass(frozen=True, kw_only=True)
class ChunkPlan:
    """`count` chunks of `chunk_bytes` each; the last one also takes what remains.

    TikTok demands ``count == floor(size / chunk_bytes)``; rounding up is answered with `invalid_param`.
    """

    size: int
    chunk_bytes: int
    count: int

    @classmethod
    def of(cls, size: int) -> ChunkPlan:
        """Plan a file of `size` bytes; raise `ValueError` for an empty one."""
        if size < 1:
            raise ValueError("an empty file cannot be uploaded")
        if size <= SINGLE_CHUNK_MAX_BYTES:
            return cls(size=size, chunk_bytes=size, count=1)
        return cls(size=size, chunk_bytes=CHUNK_BYTES, count=size // CHUNK_BYTES)

    @property
    def last_start(self) -> int:
        """First byte of the last chunk: once it is sent, TikTok goes on by itself."""
        return (self.count - 1) * self.chunk_bytes

    def boundary_below(self, offset: int) -> int:
        """Return the start of the chunk that holds byte `offset` (`size` when all bytes are there)."""
        if offset >= self.size:
            return self.size
        return min(offset // self.chunk_bytes, self.count - 1) * self.chunk_bytes

    def end_after(self, offset: int) -> int:
        """Return the first byte behind the chunk that holds byte `offset`."""
        if offset >= self.last_start:
            return self.size
        return (offset // self.chunk_bytes + 1) * self.chunk_bytes

    def source_info(self) -> dict[str, str | int]:
        """Return what both init calls want to know about the file."""
        return {
            "source": "FILE_UPLOAD",
            "video_size": self.size,
            "chunk_size": self.chunk_bytes,
            "total_chunk_count": self.count,
        }
