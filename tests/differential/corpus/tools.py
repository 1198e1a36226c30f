"""What tools show on the page, those that run at the provider included."""

from tests.differential.scenario import scenario
from tests.differential.side import Side
from tests.provider.script import Step, call_mcp, call_tool, run_code, say, search_files, search_web


async def answered_with(side: Side, *calls: Step) -> None:
    """Have the model make calls and answer; read the thread afterwards."""
    side.provider.respond(*calls)
    side.provider.respond(say("Done"))
    await side.ask("items.list", thread_id=(await side.say("Hi")).thread_id)


@scenario("tool-activity")
async def a_function_tool(side: Side) -> None:
    await answered_with(side, call_tool("weather", {"city": "Riga"}))


@scenario("tool-activity")
async def two_function_tools_at_once(side: Side) -> None:
    calls = [call_tool("weather", {"city": city}, call_id=f"call_{city}") for city in ("Riga", "Oslo")]
    await answered_with(side, *calls)


@scenario("tool-activity")
async def a_web_search(side: Side) -> None:
    side.provider.respond(search_web("weather", "https://example.org/"), say("Sunny"))
    await side.say("Hi")


@scenario("tool-activity")
async def a_file_search(side: Side) -> None:
    side.provider.respond(search_files("weather", "report.pdf"), say("Sunny"))
    await side.say("Hi")


@scenario("tool-activity")
async def the_code_interpreter(side: Side) -> None:
    side.provider.respond(run_code("1 + 1"), say("2"))
    await side.say("Hi")


@scenario("tool-activity")
async def a_tool_of_an_mcp_server(side: Side) -> None:
    side.provider.respond(call_mcp("weather", "today"), say("Sunny"))
    await side.say("Hi")


@scenario("tool-activity")
async def a_widget(side: Side) -> None:
    await answered_with(side, call_tool("show_card"))


@scenario("tool-activity")
async def a_widget_that_is_written(side: Side) -> None:
    await answered_with(side, call_tool("write_card"))


@scenario("tool-activity", "stored-widget")
async def a_widget_of_a_newer_kind(side: Side) -> None:
    await answered_with(side, call_tool("show_newer_card"))


@scenario("tool-activity")
async def progress_effect_and_notice(side: Side) -> None:
    await answered_with(side, call_tool("tell_the_page"))


@scenario("own-workflow")
async def a_workflow_of_a_tool(side: Side) -> None:
    await answered_with(side, call_tool("work"))


@scenario("tool-activity")
async def a_task_and_a_hidden_note(side: Side) -> None:
    await answered_with(side, call_tool("note"))


@scenario("tool-activity", "told-at-once")
async def a_thread_that_a_tool_sets_up(side: Side) -> None:
    side.provider.respond(call_tool("set_up_thread"))
    side.provider.respond(say("Done"))
    thread_id = (await side.say("Hi")).thread_id
    await side.ask("threads.get_by_id", thread_id=thread_id)


@scenario("tool-activity", "told-at-once", "locked")
async def a_thread_that_a_tool_locks(side: Side) -> None:
    side.provider.respond(call_tool("lock_thread"))
    side.provider.always(say("Done"))
    thread_id = (await side.say("Hi")).thread_id
    await side.ask("threads.get_by_id", thread_id=thread_id)
    await side.say("One more thing", thread_id)
