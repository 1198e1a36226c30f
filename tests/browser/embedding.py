"""An application that is not ours, with the element in it."""

from typing import Any

from tests.browser.chat import Chat

EMBEDDING = """<!doctype html><meta charset="utf-8"><title>An application</title>
<style>html, body, openai-chatkit { height: 100%; margin: 0; display: block }</style>
<body><script type="module">
  const EVENTS = ["ready", "error", "effect", "deeplink", "response.start", "response.end", "history.open",
    "history.close", "thread.change", "thread.load.start", "thread.load.end", "tool.change", "log"];
  window.events = [];
  window.bubbled = [];
  window.listen = (element) => {
    for (const name of EVENTS) {
      const keep = ({ type, detail }) => events.push([type, detail?.error?.name ?? detail]);
      element.addEventListener(`chatkit.${name}`, keep);
      document.body.addEventListener(`chatkit.${name}`, ({ type }) => bubbled.push(type));
    }
  };
  window.calls = [];
  window.counting = (...call) => { calls.push(JSON.parse(call[1].body).type); return fetch(...call); };
  window.api = { url: "/chatkit", domainKey: "none", fetch: window.counting };
</script></body>"""


class Embedded(Chat):
    """The element in an application's page."""

    async def load(self) -> None:
        """Load the application, without the element."""
        await self.page.goto("/an-application")
        await self.page.wait_for_function("window.api")

    async def start(self, options: str = "{}") -> None:
        """Make, configure and insert the element, in the order that applications use."""
        await self.load()
        await self.page.evaluate("import('/chatkit.js')")
        await self.page.evaluate(
            f"""() => {{
                window.chat = document.createElement("openai-chatkit");
                listen(chat);
                chat.setOptions({{ api, ...({options}) }});
                document.body.append(chat);
            }}"""
        )

    async def happened(self, name: str) -> list[Any]:
        """Return the details of the events of one name so far."""
        events: list[list[Any]] = await self.page.evaluate("window.events")
        return [detail for kind, detail in events if kind == f"chatkit.{name}"]

    async def until(self, name: str, count: int = 1) -> None:
        """Wait until an event of this name has happened so many times."""
        await self.page.wait_for_function(
            "([name, count]) => events.filter(([type]) => type === name).length >= count",
            arg=[f"chatkit.{name}", count],
        )
