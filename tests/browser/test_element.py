"""The element by itself, in a page that is not ours: its options, methods and events."""

import asyncio

import pytest
from playwright.async_api import Error, Route, expect
from sqlalchemy import update

from app.db.engine import Database
from app.db.tables import threads
from tests.browser.chat import PATIENCE
from tests.browser.embedding import Embedded
from tests.provider.script import gate, say
from tests.provider.server import FakeProvider
from tests.serving import RunningServer


@pytest.mark.proves(
    "EL-04", "EL-08", "EL-11", "EL-40", "EL-42", "EL-50", "EL-54", "EL-55", "EL-56", "EL-59", "DOC-22"
)
async def test_events_tell_the_page_what_happens(embedded: Embedded, provider: FakeProvider) -> None:
    provider.always(say("Fine"))
    await embedded.start()
    await embedded.until("ready")

    await embedded.ask("Hello")
    [created] = await embedded.happened("thread.change")
    await embedded.page.evaluate("chat.setThreadId(null)")
    await embedded.page.evaluate("id => chat.setThreadId(id)", created["threadId"])

    assert await embedded.happened("ready") == [None]
    assert await embedded.happened("response.start") == await embedded.happened("response.end") == [None]
    assert await embedded.happened("thread.change") == [created, {"threadId": None}, created]
    assert await embedded.happened("thread.load.start") == [created]
    assert await embedded.happened("thread.load.end") == [created]
    assert "Hello" not in str(await embedded.happened("log"))
    assert await embedded.page.evaluate("bubbled") == []
    assert "threads.create" in await embedded.page.evaluate("calls")


@pytest.mark.proves("EL-04")
async def test_markup_that_was_there_before_the_script_comes_alive(embedded: Embedded) -> None:
    await embedded.load()
    await embedded.page.evaluate("document.body.append(document.createElement('openai-chatkit'))")

    await embedded.page.evaluate("import('/chatkit.js')")
    await embedded.page.evaluate("document.querySelector('openai-chatkit').setOptions({ api })")

    await expect(embedded.composer).to_be_visible()


@pytest.mark.proves("EL-05")
async def test_new_options_disturb_neither_draft_nor_stream_nor_thread(
    embedded: Embedded, provider: FakeProvider
) -> None:
    provider.respond(say("Half", gate("half-way"), " and half"))
    await embedded.start()
    await embedded.send("Go")
    await expect(embedded.answers).to_have_text("Half")
    await embedded.composer.fill("A draft")

    await embedded.page.evaluate(
        "chat.setOptions({ api: { ...api }, theme: 'dark', composer: { placeholder: 'Another' } })"
    )
    provider.release("half-way")

    await expect(embedded.answers).to_have_text("Half and half")
    await expect(embedded.composer).to_have_value("A draft")
    await expect(embedded.composer).to_have_attribute("placeholder", "Another")
    await expect(embedded.composer).to_be_focused()


@pytest.mark.proves("EL-07")
async def test_methods_reject_where_they_cannot_work(embedded: Embedded, provider: FakeProvider) -> None:
    provider.respond(say("Half", gate("half-way")))
    await embedded.load()
    await embedded.page.evaluate("import('/chatkit.js')")
    await embedded.page.evaluate("window.chat = document.createElement('openai-chatkit'); listen(chat)")
    methods = ["focusComposer()", "setThreadId(null)", "sendUserMessage({ text: 'x' })", "fetchUpdates()"]
    methods += [
        "showHistory()",
        "hideHistory()",
        "setComposerValue({ text: 'x' })",
        "sendCustomAction({ type: 'x' })",
    ]
    for method in methods:
        with pytest.raises(Error, match="not ready"):
            await embedded.page.evaluate(f"chat.{method}")

    await embedded.page.evaluate("chat.setOptions({ api }); document.body.append(chat)")
    await embedded.until("ready")
    with pytest.raises(Error, match="404"):
        await embedded.page.evaluate("chat.setThreadId('thr_unknown')")
    with pytest.raises(Error, match="no thread"):
        await embedded.page.evaluate("chat.sendCustomAction({ type: 'x' })")

    await embedded.page.evaluate("chat.sendUserMessage({ text: 'Go', newThread: true })")
    await expect(embedded.answers).to_have_text("Half")
    for method in ("sendUserMessage({ text: 'x' })", "setThreadId(null)", "fetchUpdates()"):
        with pytest.raises(Error, match="running"):
            await embedded.page.evaluate(f"chat.{method}")


@pytest.mark.proves("EL-09", "EL-51")
@pytest.mark.parametrize(
    ("options", "sentence"),
    [("{ api: undefined }", "`api` is missing"), ("{ api: {} }", "`api.url`"), ("{ header: 3 }", "`header`")],
)
async def test_options_that_cannot_work_are_said_not_hidden(
    embedded: Embedded, options: str, sentence: str
) -> None:
    await embedded.start(options)

    await expect(embedded.part("setup-problem")).to_contain_text(sentence)
    assert await embedded.happened("error") == ["IntegrationError"]
    await embedded.page.evaluate("chat.setOptions({ api })")
    await expect(embedded.composer).to_be_visible()


@pytest.mark.proves("EL-20", "EL-56")
async def test_an_unknown_first_thread_leaves_a_chat_that_can_be_used(
    embedded: Embedded, provider: FakeProvider
) -> None:
    provider.respond(say("Fine"))
    await embedded.start("{ initialThread: 'thr_unknown' }")

    await expect(embedded.part("load-failure")).to_be_visible()
    await embedded.until("thread.load.end")
    assert await embedded.happened("thread.load.start") == [{"threadId": "thr_unknown"}]
    await embedded.send("Hello")

    await expect(embedded.answers).to_have_text("Fine")


@pytest.mark.proves("EL-17", "EL-19", "EL-22", "EL-23", "EL-24", "EL-26", "EL-31")
async def test_options_shape_what_is_shown(embedded: Embedded, provider: FakeProvider) -> None:
    provider.respond(say("Fine"))
    await embedded.start(
        """{
            locale: "ar", frameTitle: "Help desk", history: { enabled: false },
            header: {
              title: { text: "Our title" },
              rightAction: { icon: "close", onClick() { window.closed_ = true } },
            },
            startScreen: { greeting: "Good day", prompts: [{ label: "Ask", icon: "bolt", prompt: [
              { type: "input_tag", id: "t", text: "Tag" }, { type: "input_text", text: "What?" },
            ] }] },
            composer: { placeholder: "Say something" }, disclaimer: { text: "**May** be wrong" },
        }"""
    )
    page = embedded.page
    frame = page.get_by_role("region", name="Help desk")

    await expect(frame).to_have_attribute("dir", "rtl")
    await expect(embedded.part("thread-title")).to_have_text("Our title")
    await expect(embedded.part("start-screen")).to_contain_text("Good day")
    await expect(embedded.composer).to_have_attribute("placeholder", "Say something")
    await expect(page.locator(".disclaimer strong")).to_have_text("May")
    await expect(embedded.part("open-history")).to_have_count(0)
    await embedded.part("header-right").click()
    assert await page.evaluate("window.closed_")
    async with page.expect_request("**/chatkit") as asked:
        await embedded.part("prompt").click()
    request = await asked.value
    assert request.headers["accept-language"] == "ar"
    assert request.headers["chatkit-frame-instance-id"]
    await expect(embedded.questions.locator(".tag")).to_have_text("Tag")
    await embedded.idle()


@pytest.mark.proves("EL-41", "EL-43", "EL-44", "EL-46", "EL-47", "EL-58")
async def test_methods_do_what_they_say(
    embedded: Embedded, provider: FakeProvider, server: RunningServer
) -> None:
    provider.always(say("Fine"))
    await embedded.start()
    await embedded.until("ready")
    page = embedded.page

    await page.evaluate("chat.setComposerValue({ text: 'Draft', reply: 'Quoted' })")
    await page.evaluate("chat.focusComposer()")
    await expect(embedded.composer).to_be_focused()
    await expect(embedded.composer).to_have_value("Draft")
    await expect(embedded.part("composer-chip")).to_have_text("Quoted")
    await page.evaluate("chat.sendUserMessage({ text: 'Sent', reply: 'Other' })")
    await expect(embedded.questions).to_contain_text(["Sent"])
    await embedded.until("response.end")
    await page.evaluate("chat.showHistory()")
    await expect(embedded.part("history-row")).to_have_count(1)
    await page.evaluate("chat.hideHistory()")
    await expect(embedded.part("history")).to_have_count(0)
    assert [await embedded.happened(f"history.{name}") for name in ("open", "close")] == [[None], [None]]

    [changed] = await embedded.happened("thread.change")
    cookies = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in await page.context.cookies())
    await server.client(cookie=cookies).call(
        "threads.update", thread_id=changed["threadId"], title="Elsewhere"
    )
    await page.evaluate("chat.fetchUpdates()")
    await expect(embedded.part("thread-title")).to_have_text("Elsewhere")


@pytest.mark.proves("EL-53")
async def test_a_deep_link_is_an_event_not_a_journey(embedded: Embedded, provider: FakeProvider) -> None:
    provider.respond(say("[Open it](chatkit-link://orders?id=7)"))
    await embedded.start()
    await embedded.ask("Where?")

    await embedded.answers.locator("a").click()

    await embedded.until("deeplink")
    assert await embedded.happened("deeplink") == [{"name": "orders", "data": {"id": "7"}}]
    assert embedded.page.url.endswith("/an-application")


@pytest.mark.proves("EL-12")
async def test_an_answer_that_did_not_begin_is_asked_for_again(
    embedded: Embedded, provider: FakeProvider
) -> None:
    provider.respond(say("At last"))
    bodies: list[str | None] = []
    enough = asyncio.Event()

    async def overloaded(route: Route) -> None:
        bodies.append(route.request.post_data)
        if len(bodies) < 2:
            await route.fulfill(status=503, json={"message": "Busy."})
        else:
            enough.set()
            await route.continue_()

    await embedded.start()
    await embedded.page.route("**/chatkit", overloaded)
    await embedded.send("Hello")

    await asyncio.wait_for(enough.wait(), PATIENCE / 1000)
    await expect(embedded.answers).to_have_text("At last")
    assert bodies[0] == bodies[1]


@pytest.mark.proves("EL-28", "EL-29", "EL-57")
async def test_tool_and_model_are_chosen_and_sent(embedded: Embedded) -> None:
    await embedded.start(
        """{ composer: {
            tools: [{ id: "search", label: "Search", icon: "globe", placeholderOverride: "Search for" }],
            models: [{ id: "small", label: "Small", default: true }, { id: "large", label: "Large" }],
        } }"""
    )
    page = embedded.page
    await page.get_by_label("Tools").select_option("search")
    await expect(embedded.composer).to_have_attribute("placeholder", "Search for")
    await page.get_by_label("Model").select_option("large")

    async with page.expect_request("**/chatkit") as asked:
        await embedded.send("Riga")
    request = await asked.value
    assert request.post_data_json is not None
    options = request.post_data_json["params"]["input"]["inference_options"]
    assert options == {"model": "large", "tool_choice": {"id": "search"}}
    assert await embedded.happened("tool.change") == [{"toolId": "search"}, {"toolId": None}]


@pytest.mark.proves("EL-68")
async def test_locked_and_closed_chats_say_why(
    embedded: Embedded, provider: FakeProvider, database: Database
) -> None:
    provider.respond(say("Fine"))
    await embedded.start()
    await embedded.ask("Hello")
    [changed] = await embedded.happened("thread.change")

    async def set_status(status: str, reason: str) -> None:
        async with database.transaction() as connection:
            await connection.execute(
                update(threads)
                .where(threads.c.id == changed["threadId"])
                .values(status=status, status_reason=reason)
            )
        await embedded.page.evaluate("chat.fetchUpdates()")

    await set_status("locked", "Being reviewed")
    await expect(embedded.composer).to_be_disabled()
    await expect(embedded.composer).to_have_attribute("placeholder", "Being reviewed")
    await set_status("closed", "All done")
    await expect(embedded.part("closed")).to_have_text("All done")
    await expect(embedded.composer).to_have_count(0)
    await expect(embedded.answers).to_have_text("Fine")
