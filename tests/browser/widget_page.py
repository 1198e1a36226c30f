"""An application that shows one widget, with a server of its own in the page: what is asked of it is kept."""

from typing import Any

from playwright.async_api import Locator, Route, expect

from app.page import STATIC
from tests.browser.embedding import EMBEDDING, Embedded

THREAD = {
    "id": "thr_1",
    "title": "Widgets",
    "created_at": "2026-11-24T10:00:00Z",
    "status": {"type": "active"},
}

SERVER = """() => {
window.asked = [];
window.streams = [];
window.item = (widget) => ({
  type: "widget", id: "wig_1", thread_id: "thr_1", created_at: "2026-11-24T10:00:00Z", widget,
  copy_text: "Copied",
});
window.answers = {};
const stream = (signal) => {
  let controller;
  const body = new ReadableStream({ start: (given) => { controller = given; } });
  const encoder = new TextEncoder();
  signal?.addEventListener("abort", () => controller.error(signal.reason));
  streams.push({
    send: (event) => controller.enqueue(encoder.encode(`data: ${JSON.stringify(event)}\\n\\n`)),
    end: () => controller.close(),
    fail: () => controller.error(new TypeError("connection reset")),
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
};
window.server = async (_url, init) => {
  const { type, params } = JSON.parse(init.body);
  asked.push({ type, params });
  if (answers[type]) return Response.json(await answers[type](params));
  const data = [item(window.widget)];
  if (type === "threads.get_by_id") return Response.json({ ...thread, items: { data, has_more: false } });
  if (type === "items.list") return Response.json({ data, has_more: false });
  if (type === "threads.sync_custom_action") return Response.json({ updated_item: null });
  return stream(init.signal);
};
}"""

POLICY = "style-src-attr 'none'; img-src data: blob: https:; object-src 'none'"
"""Of the policies that pages have, what concerns a widget."""


class WidgetPage(Embedded):
    """One widget on an application's page, which has answers of its own: no server is needed."""

    async def serve(self) -> None:
        """Answer for the application and the element."""

        async def application(route: Route) -> None:
            headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": POLICY}
            await route.fulfill(body=EMBEDDING, headers=headers)

        async def element(route: Route) -> None:
            await route.fulfill(path=STATIC / "chatkit.js", content_type="text/javascript")

        await self.page.context.route("**/an-application", application)
        await self.page.context.route("**/chatkit.js", element)

    async def show(self, widget: dict[str, Any], options: str = "{}") -> None:
        """Open a thread that consists of this widget."""
        await self.serve()
        await self.load()
        await self.page.evaluate(
            "given => Object.assign(window, given)", {"thread": THREAD, "widget": widget}
        )
        await self.page.evaluate(SERVER)
        await self.page.evaluate("import('/chatkit.js')")
        await self.page.evaluate(
            f"""() => {{
                window.chat = document.createElement("openai-chatkit");
                listen(chat);
                const api = {{ url: "/chatkit", domainKey: "none", fetch: server }};
                window.options = {{ api, initialThread: "thr_1", ...({options}) }};
                chat.setOptions(options);
                document.body.append(chat);
            }}"""
        )
        await self.widget.wait_for()

    async def update(self, widget: dict[str, Any]) -> None:
        """Have the server change the widget, as a pull finds it."""
        await self.page.evaluate("widget => { window.widget = widget; return chat.fetchUpdates() }", widget)

    async def begin_answer(self) -> None:
        """Have an answer run; `event` adds to it and `end` ends it."""
        await self.page.evaluate("chat.sendUserMessage({ text: 'Go' })")
        await self.streams(1)

    async def streams(self, count: int) -> None:
        """Wait until so many streams have been begun."""
        await self.page.wait_for_function("count => streams.length === count", arg=count)

    async def event(self, event: dict[str, Any]) -> None:
        """Send an event of the stream that was begun last."""
        await self.page.evaluate("event => streams.at(-1).send(event)", event)

    async def change(self, **update: Any) -> None:
        """Send an update of the widget."""
        await self.event({"type": "thread.item.updated", "item_id": "wig_1", "update": update})

    async def end(self) -> None:
        """End the stream that was begun last."""
        await self.page.evaluate("streams.at(-1).end()")
        await self.idle()

    async def sent(self, kind: str) -> list[Any]:
        """Return what was asked of the server by the operation `kind`."""
        asked = await self.page.evaluate("asked")
        return [each["params"] for each in asked if each["type"] == kind]

    @property
    def widget(self) -> Locator:
        """The widget."""
        return self.part("widget")

    def component(self, kind: str) -> Locator:
        """Return the components of a type."""
        return self.widget.locator(f'[data-component="{kind}"]')


async def has_styles(part: Locator, **styles: str) -> None:
    """Hold the computed styles of the first of `part` against these."""
    for name, value in styles.items():
        await expect(part.first).to_have_css(name.replace("_", "-"), value)
