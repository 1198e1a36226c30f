"""An application whose composer has every option, with answers of its own: no server is needed."""

from typing import Any

from playwright.async_api import FilePayload, Locator

from tests.browser.widget_page import WidgetPage

OPTIONS = """{
  composer: {
    attachments: { enabled: true, maxSize: 1000, accept: { "image/*": [], "text/plain": [".txt"] } },
    tools: [{ id: "search", label: "Search", icon: "search" }],
    dictation: { enabled: true },
  },
  entities: {
    showComposerMenu: true,
    onTagSearch: async (query) => people.filter(({ title }) => title.toLowerCase().includes(query)),
    onClick: (entity) => clicked.push(entity),
    onRequestPreview: async ({ title }) => (
      { preview: { type: "Basic", children: [{ type: "Title", value: `About ${title}` }] } }
    ),
  },
  commands: {
    enabled: true,
    onSearch: async () => [{ id: "who", label: "Find a person", description: "By name" }],
    onSelect: async () => ({ type: "entity", entity: people[1] }),
  },
}"""

PAGE = """() => {
  window.people = [
    { id: "1", title: "Ada Lovelace", group: "People", interactive: true, data: { born: "1815" } },
    { id: "2", title: "Alan Turing", group: "People" },
    { id: "3", title: "Plan", group: "Documents" },
  ];
  window.clicked = [];
  window.uploads = [];
  let count = 0;
  answers["attachments.create"] = ({ name, mime_type }) => {
    count += 1;
    const upload_descriptor = { url: "/files", method: "POST" };
    const common = { id: `atc_${count}`, name, mime_type, upload_descriptor };
    const preview = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";
    return mime_type.startsWith("image/")
      ? { ...common, type: "image", preview_url: preview }
      : { ...common, type: "file" };
  };
  answers["attachments.delete"] = () => ({});
  answers["input.transcribe"] = ({ audio_base64, mime_type }) => {
    window.heard = [audio_base64.length, mime_type];
    return { text: "what was said" };
  };
  const original = server;
  window.server = async (url, init) => {
    if (url !== "/files") return original(url, init);
    const file = init.body.get("file");
    uploads.push(file.name);
    if (window.hold) await new Promise((resolve) => { window.proceed = resolve; });
    return window.refuse ? Response.json({ message: window.refuse }, { status: 422 }) : Response.json({});
  };
}"""


class ComposerPage(WidgetPage):
    """The composer, in a thread that has begun."""

    async def begin(self, **items: Any) -> None:
        """Open a thread; `items` replaces its items."""
        await self.show({"type": "Basic", "children": [{"type": "Text", "value": "Hello"}]})
        await self.page.evaluate(PAGE)
        await self.page.evaluate(
            f"() => {{ const more = {OPTIONS}; chat.setOptions({{ ...options, ...more,"
            " api: { ...options.api, fetch: server } }); }"
        )
        await self.part("attach").wait_for()

    async def attach(self, *names: str, size: int = 20) -> None:
        """Pick files, as from the file dialogue."""
        kinds = {"png": "image/png", "txt": "text/plain"}
        files: list[FilePayload] = [
            {
                "name": name,
                "mimeType": kinds.get(name.rsplit(".", 1)[-1], "application/zip"),
                "buffer": b"x" * size,
            }
            for name in names
        ]
        await self.part("file-input").set_input_files(files)

    async def arrives(self, item: dict[str, Any]) -> None:
        """Send a finished item of the stream that runs."""
        await self.event({"type": "thread.item.done", "item": item})

    @property
    def chips(self) -> Locator:
        """The files in the composer."""
        return self.part("file-chip")

    @property
    def suggestions(self) -> Locator:
        """What the composer's menu offers."""
        return self.part("suggestion")


def base(kind: str, item_id: str, **fields: Any) -> dict[str, Any]:
    """Return an item of the thread."""
    common = {"id": item_id, "thread_id": "thr_1", "created_at": "2026-11-24T10:00:00Z"}
    return {"type": kind, **common, **fields}


def message(*content: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return a user's message."""
    fields = {"attachments": [], "inference_options": {}, **fields}
    return base("user_message", "msg_1", content=list(content), **fields)
