"""File search nodes, against a server that answers a search as OpenAI does."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.workflows.conftest import Export
from tests.workflows.hosting import Host, loaded

FOUND = [
    {
        "file_id": "file_1",
        "filename": "hours.md",
        "score": 0.9,
        "content": [{"type": "text", "text": "Nine to five."}],
    },
    {
        "file_id": "file_2",
        "filename": "fees.md",
        "score": 0.2,
        "content": [{"type": "text", "text": "No fees."}],
    },
]
NODE = """\
from agents import Agent, Runner
from openai import AsyncOpenAI
from pydantic import BaseModel

client = AsyncOpenAI()
clerk = Agent(name="Clerk", model="gpt-4.1")

class WorkflowInput(BaseModel):
    input_as_text: str

async def run_workflow(workflow_input: WorkflowInput):
    if not workflow_input.input_as_text:
        await Runner.run(clerk, "")
    {node}
"""
SEARCH = 'client.vector_stores.search(vector_store_id="vs_shelves", query="hours")'
KEPT = '{"id": result.file_id, "filename": result.filename, "score": result.score}'


class _Store(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, self.headers["Authorization"]))  # type: ignore[attr-defined]
        body = {
            "object": "vector_store.search_results.page",
            "data": FOUND,
            "has_more": False,
            "next_page": None,
        }
        answer = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def store() -> Iterator[Any]:
    """A vector store at a free port; `seen` has the requests."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Store)
    server.seen = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def url(store: Any) -> str:
    return f"http://127.0.0.1:{store.server_port}/v1"


@pytest.mark.proves("AB-13")
@pytest.mark.parametrize(
    "node",
    [
        f'return {{"results": [{KEPT} for result in {SEARCH}]}}',
        f'return {{"results": list({KEPT} for result in {SEARCH})}}',
        f'return {{"results": [{KEPT} async for result in {SEARCH}]}}',
        f'return {{"results": [{KEPT} for result in (await {SEARCH}).data]}}',
        f'return {{"results": [{KEPT} for result in list({SEARCH})]}}',
    ],
    ids=["as exported", "generator", "mended with async for", "mended with await", "as a list"],
)
async def test_a_search_works_however_it_is_written_and_is_recorded(
    export: Export, store: Any, node: str
) -> None:
    workflow = loaded(export("search.py", NODE.format(node=node)), openai_base_url=url(store))
    host = Host()

    answer = await host.turn(workflow, "When?")

    expected = [{"id": one["file_id"], "filename": one["filename"], "score": one["score"]} for one in FOUND]
    assert answer == {"results": expected}
    assert [kind for kind, _ in host.journal] == ["vector_store_search"]
    assert store.seen[-1] == ("/v1/vector_stores/vs_shelves/search", "Bearer sk-test")


async def test_a_statement_that_iterates_a_search_works_too(export: Export, store: Any) -> None:
    node = f"names = []\n    for result in {SEARCH}:\n        names.append(result.filename)\n    return names"
    workflow = loaded(export("search.py", NODE.format(node=node)), openai_base_url=url(store))

    assert await Host().turn(workflow, "When?") == ["hours.md", "fees.md"]


@pytest.mark.proves("AB-13")
async def test_the_text_is_kept_where_the_operator_asks_for_it(export: Export, store: Any) -> None:
    path = export(
        "search.py",
        NODE.format(node=f'return {{"results": [{KEPT} for result in {SEARCH}]}}'),
        config="[file_search]\nkeep_text = true\n",
    )

    answer = await Host().turn(loaded(path, openai_base_url=url(store)), "When?")

    assert [one["text"] for one in answer["results"]] == ["Nine to five.", "No fees."]


async def test_a_search_that_was_recorded_asks_nobody(export: Export, store: Any) -> None:
    path = export("search.py", NODE.format(node=f'return {{"results": [{KEPT} for result in {SEARCH}]}}'))
    workflow = loaded(path, openai_base_url=url(store))
    first, again = Host(), Host()
    answer = await first.turn(workflow, "When?")
    again.replayed = [result for _, result in first.journal]
    asked = len(store.seen)

    assert await again.turn(workflow, "When?") == answer
    assert len(store.seen) == asked


async def test_another_store_by_the_configuration(export: Export, store: Any) -> None:
    path = export(
        "search.py",
        NODE.format(node=f'return {{"results": [{KEPT} for result in {SEARCH}]}}'),
        config='[ids]\n"vs_shelves" = "vs_new"\n',
    )

    await Host().turn(loaded(path, openai_base_url=url(store)), "When?")

    assert store.seen[-1][0] == "/v1/vector_stores/vs_new/search"
