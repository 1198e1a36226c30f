"""What rewritten code calls, as `__chatkit__`: it finds the host of its own run and delegates.

One object per loaded file, made from the settings; it keeps nothing of any run.
"""

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from agents import Agent, TResponseInputItem
from openai.types import VectorStoreSearchResponse
from pydantic import Field, JsonValue

from app.workflows.guardrail_results import (
    CheckResult,
    as_json,
    check_made,
    from_json,
    kinds,
    remember,
    tripped,
    with_stand_ins,
)
from app.workflows.host import AgentOutcome, RunsClientTools, current_host

NOT_AVAILABLE = (
    "The tool {name} is not available on this server. Tell the user that this cannot be done here; "
    "do not pretend that it was done."
)


class Found(list[VectorStoreSearchResponse]):
    """What a search has found; `data` is what a page of the client calls it."""

    @property
    def data(self) -> "Found":
        """The results."""
        return self


class Search:
    """A search that was begun: `await` it, or iterate it with `async for`, as the client's own."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self._call = call

    def __await__(self) -> Generator[Any, None, Found]:
        return self._found().__await__()

    async def __aiter__(self) -> AsyncIterator[VectorStoreSearchResponse]:
        for found in await self._found():
            yield found

    async def _found(self) -> Found:
        raw: Any = await current_host().recorded("vector_store_search", self._ask)
        return Found(VectorStoreSearchResponse.construct(None, **one) for one in raw)

    async def _ask(self) -> JsonValue:
        return [found.model_dump(mode="json") async for found in self._call()]


class Runtime:
    """The names that rewritten code uses."""

    def __init__(
        self,
        connection: Mapping[str, str],
        tools: Mapping[str, Callable[..., Any]],
        pages: frozenset[str],
        *,
        fails_open: bool = False,
    ) -> None:
        """`connection` are arguments for clients; `tools` and `pages` are what stubs are bound to.

        With `fails_open` a check that could not be made counts as passed.
        """
        self._connection, self._tools, self._pages = connection, tools, pages
        self._fails_open = fails_open

    async def run_agent(
        self, starting_agent: Agent[Any], input: str | list[TResponseInputItem], **options: Any
    ) -> AgentOutcome:
        """`Runner.run`."""
        return await current_host().run_agent(starting_agent, input, **options)

    def prior_history(self, first: list[TResponseInputItem]) -> list[TResponseInputItem]:
        """The first value of the history."""
        return current_host().prior_history(first)

    def initial_state(self, defaults: dict[str, Any]) -> dict[str, Any]:
        """The first value of the state."""
        return current_host().initial_state(defaults)

    async def approve(self, stub: str, message: object = "", *_: object, **named: object) -> bool:
        """An approval node."""
        return await current_host().approve(stub, str(named.get("message", message)))

    def never_granted(self, stub: str) -> None:
        """Refuse to answer for the user; the call of a stub that could not be rewritten ends here."""
        raise RuntimeError(
            f"{stub} was called where the user cannot be asked, and nothing is approved unasked"
        )

    def loop(self, line: int) -> None:
        """One more iteration."""
        current_host().loop(line)

    def trace(self, *_: object, **__: object) -> AbstractContextManager[None]:
        """Nothing: the turn has a trace of its own."""
        return nullcontext()

    def search(self, call: Callable[[], Any]) -> Search:
        """A search in a vector store."""
        return Search(call)

    def found_text(self, found: VectorStoreSearchResponse) -> str:
        """What was found, as text."""
        return "\n".join(part.text for part in found.content or [])

    async def guardrails(self, call: Callable[[], Awaitable[Sequence[Any]]]) -> list[CheckResult]:
        """The results of checks, made once."""

        async def ask() -> JsonValue:
            try:
                results = await call()
                if not self._fails_open:
                    check_made(results)
                return as_json(results)
            except ExceptionGroup as group:
                # The package runs checks beside each other: what kept one of them from being made is within.
                raise _first_in(group) from None

        results = from_json(await current_host().recorded("guardrails", ask))
        remember(kinds(results))
        return results

    def blocked(self) -> None:
        """A check that failed ends the workflow."""
        current_host().blocked(tripped())

    def with_every_kind(self, build: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """Decorate what builds the fail output, so that it finds a result of every kind."""
        return lambda results: build(with_stand_ins(results))

    async def call_tool(self, name: str, arguments: dict[str, Any]) -> Any:
        """A function tool that has no body of its own."""
        host = current_host()
        if name in self._pages and isinstance(host, RunsClientTools):
            return await host.client_tool(name, arguments)
        function = self._tools.get(name)
        if function is None:
            return NOT_AVAILABLE.format(name=name)
        if inspect.iscoroutinefunction(function):
            return await function(**arguments)
        # As the Agents SDK does with plain functions: they may take their time.
        answer = await asyncio.to_thread(function, **arguments)
        return await answer if inspect.isawaitable(answer) else answer

    def connection(self, *own: str) -> dict[str, str]:
        """Arguments for a client of OpenAI; those in `own` it has already."""
        return {name: value for name, value in self._connection.items() if name not in own}

    def field(self, name: str, *default: Any) -> Any:
        """A field of a schema that is called otherwise outside of Python."""
        return Field(*default, alias=name)


def _first_in(group: ExceptionGroup[Any]) -> Exception:
    first = group.exceptions[0]
    return _first_in(first) if isinstance(first, ExceptionGroup) else first
