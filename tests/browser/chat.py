"""The chat as its user meets it: what can be seen and pressed, by the names the element gives its parts."""

from playwright.async_api import ConsoleMessage, Locator, Page, expect

from tests import patience

PATIENCE = 1000 * patience.PATIENCE
"""Milliseconds that a test waits for anything on the page."""

expect.set_options(timeout=PATIENCE)


class Chat:
    """One open page. `complaints` are the errors that its console has shown."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _listen(self, message: ConsoleMessage) -> None:
        # A refusal is the server's answer, not a fault of the page; the browser reports each of them.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    async def open(self, path: str = "/") -> None:
        """Load the page and wait until one can write, or answer."""
        await self.page.goto(path)
        await expect(self.composer.or_(self.part("form"))).to_be_visible()

    async def reload(self) -> None:
        """Load the page anew, with whatever it remembers."""
        await self.page.reload()
        await expect(self.composer.or_(self.part("form"))).to_be_visible()

    async def send(self, text: str) -> None:
        """Write a message and press Enter."""
        await self.composer.fill(text)
        await self.composer.press("Enter")

    async def ask(self, text: str) -> None:
        """Send a message and wait until its answer has ended."""
        turns = await self.part("turn").count()
        await self.send(text)
        await expect(self.part("turn")).to_have_count(turns + 1)
        await self.idle()

    async def idle(self) -> None:
        """Wait until no answer is running."""
        await expect(self.part("timeline")).to_have_attribute("data-phase", "idle")

    async def stop(self) -> None:
        """Press Stop and wait until the page has stopped."""
        await self.part("stop").click()
        await self.idle()

    async def open_history(self) -> None:
        """Show the list of chats."""
        await self.part("open-history").click()
        await expect(self.part("history")).to_be_visible()

    def part(self, name: str) -> Locator:
        """Return the parts of the element that carry this name."""
        return self.page.get_by_test_id(name)

    def history_row(self, title: str) -> Locator:
        """Return the row of the chat with this title."""
        return self.part("history-row").filter(has_text=title)

    @property
    def composer(self) -> Locator:
        """Where one writes."""
        return self.part("composer-input")

    @property
    def questions(self) -> Locator:
        """What the user has said."""
        return self.part("user-message")

    @property
    def answers(self) -> Locator:
        """What the assistant has said."""
        return self.part("assistant-message")
