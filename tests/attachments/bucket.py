"""What is in the S3 of a test."""

import httpx2


async def stored(bucket: str, prefix: str = "") -> int:
    """Return how many objects there are below a prefix."""
    async with httpx2.AsyncClient() as http:
        return (await http.get(f"{bucket}?list-type=2")).text.count(f"<Key>of/tests/{prefix}")
