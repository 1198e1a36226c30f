"""Items of one moment keep their order, whatever the clock said.

A jump is played on what it leaves behind, the times that stand in the rows. Servers whose clocks do jump are
in `test_clocks.py`.
"""

import asyncio

import pytest

from tests.chaos.browser import Browser
from tests.chaos.fleet import Fleet
from tests.chaos.journal import Journal, text_of
from tests.chaos.records import Records
from tests.chaos.report import Table
from tests.chaos.size import SIZE

MESSAGES = 30


@pytest.mark.proves("REL-05")
async def test_items_of_one_millisecond_keep_the_order_they_were_told_in(
    servers: Fleet, browser: Browser, records: Records, table: Table
) -> None:
    journals = [Journal(f"many {MESSAGES} {number}") for number in range(SIZE.repetitions * 2)]
    await asyncio.gather(
        *(
            browser.tell((servers.a, servers.b)[number % 2], journal)
            for number, journal in enumerate(journals)
        )
    )
    found: list[str] = []
    for clock in ("as it was", "one moment", "backwards"):
        if clock != "as it was":
            await records.rows(_SET_CLOCK[clock], [journal.thread_id for journal in journals])
        for journal in journals:
            for server in (servers.a, servers.b):
                items = await browser.items(server, journal.thread_id)
                texts = [text_of(item) for item in items if item["type"] == "assistant_message"]
                if texts != journal.messages or texts != [f"message {place}" for place in range(MESSAGES)]:
                    found.append(f"{journal.thread_id}, clock {clock}: {texts}")
    table.row("REL-05", f"{MESSAGES} items of one millisecond, and times that jump", len(journals) * 6, found)


_SET_CLOCK = {
    "one moment": "update chatkit.thread_items set created_at = timestamptz '2026-01-01' "
    "where thread_id = any($1)",
    "backwards": "update chatkit.thread_items set created_at = now() - seq * interval '1 hour' "
    "where thread_id = any($1)",
}
