"""Generated images: an item of its own for each call, announced empty, shown as it becomes clearer.

Calls are told apart by their ids, as several can go on at once. An image is handed on as the model sent it,
in a `data:` address; whoever publishes it puts the address of a file in its place. An image that does not
come leaves nothing behind but, where it has failed, a task that says so.
"""

from collections.abc import Callable

from chatkit.types import GeneratedImage, GeneratedImageItem, GeneratedImageUpdated, ImageTask

from app.turns.mapper.output import Output
from app.turns.mapper.raw import field
from app.turns.mapper.text import headline
from app.turns.mapper.wording import Wording
from app.turns.mapper.workflow import Workflows

INLINE = "data:;base64,"
"""How the address of an image begins that is not a file yet. What type it is, its bytes will tell."""


class Images:
    """The images of one model response at a time. `make_way` is called before one is announced."""

    def __init__(
        self, output: Output, workflows: Workflows, wording: Wording, make_way: Callable[[], None]
    ) -> None:
        self._output = output
        self._workflows = workflows
        self._wording = wording
        self._make_way = make_way
        self._open: dict[str, GeneratedImageItem] = {}
        self._ended: set[str] = set()

    def begin_response(self) -> None:
        """Forget the calls of the response before; what has not come by now does not come."""
        self.end_all()
        self._ended.clear()

    def begin(self, call: object) -> None:
        """The model begins an image."""
        self._item(_text_of(call, "id"))

    def partial(self, event: object) -> None:
        """The image as far as it has come; how many of these come is not known."""
        call_id, image = _text_of(event, "item_id"), field(event, "partial_image_b64")
        number = field(event, "partial_image_index")
        if not (isinstance(image, str) and image) or (item := self._item(call_id)) is None:
            return
        seen = number + 1 if type(number) is int and number >= 0 else 1
        self._show(item, call_id, image, seen / (seen + 1))

    def end(self, call: object) -> None:
        """The image is there, or will not come."""
        call_id, image = _text_of(call, "id"), field(call, "result")
        if call_id in self._ended:
            return
        if isinstance(image, str) and image:
            item = self._item(call_id)
            if item is not None:
                self._show(item, call_id, image, 1.0)
                self._output.done(item.model_copy(update={"image": _image(call_id, image)}))
        else:
            self._remove(call_id)
            self._workflows.add(ImageTask(title=self._wording.image_failed, status_indicator="complete"))
        self._open.pop(call_id, None)
        self._ended.add(call_id)

    def end_all(self) -> None:
        """Take back what has not come."""
        for call_id in list(self._open):
            self._remove(call_id)

    def _item(self, call_id: str) -> GeneratedImageItem | None:
        """Return the item of a call, announced here if it was not before; None once it has ended."""
        if call_id in self._ended:
            return None
        item = self._open.get(call_id)
        if item is None:
            self._make_way()
            item = self._open[call_id] = GeneratedImageItem(
                id=self._output.new_item_id("message"),
                thread_id=self._output.thread_id,
                created_at=self._output.now(),
            )
            self._output.added(item)
        return item

    def _show(self, item: GeneratedImageItem, call_id: str, image: str, progress: float) -> None:
        update = GeneratedImageUpdated(image=_image(call_id, image), progress=progress)
        self._output.updated(item.id, update)

    def _remove(self, call_id: str) -> None:
        item = self._open.pop(call_id, None)
        if item is not None:
            self._ended.add(call_id)
            self._output.removed(item.id)


def _image(call_id: str, image: str) -> GeneratedImage:
    return GeneratedImage(id=headline(call_id, 200), url=f"{INLINE}{image}")


def _text_of(raw: object, name: str) -> str:
    value = field(raw, name)
    if not isinstance(value, str):
        raise TypeError(f"an image without {name}")
    return value
