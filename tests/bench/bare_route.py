"""The least a FastAPI application can do: one route that answers with a ready dictionary.

Run as `python -m tests.bench.bare_route PORT FILE`; the file has the JSON that it answers with.
"""

import json
import sys
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI


def build(answer: dict[str, Any]) -> FastAPI:
    """Return the application."""
    app = FastAPI()

    @app.get("/api/v1/products/{slug}")
    async def product(slug: str) -> dict[str, Any]:
        return answer

    return app


if __name__ == "__main__":
    uvicorn.run(
        build(json.loads(Path(sys.argv[2]).read_text())),
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_config=None,
    )
