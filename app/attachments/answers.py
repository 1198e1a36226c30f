"""Files of ours in the items of answers: generated images, and files that a citation links to.

Their addresses are signed whenever an item leaves the server, and stand without a signature where it is kept.
A citation of a file of ours is kept under a scheme that nothing a model cites can have: what it cites may
look like an address of ours, and must not get a signature for that.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from chatkit.types import (
    Annotation,
    AssistantMessageContent,
    AssistantMessageItem,
    GeneratedImage,
    GeneratedImageItem,
    ThreadItem,
    URLSource,
)
from pydantic import Field

from app.ids import AttachmentId
from app.transcripts.portable import FILE_SCHEME

PREFIX = "atc"


class LinkedFile(URLSource):
    """The source of a citation that leads to a file of ours, as long as it is not stored."""

    attachment_id: str = Field(exclude=True)


def own_file(address: str) -> AttachmentId | None:
    """Return the id of the file of ours at an address; None for an address of somebody else."""
    _, found, attachment_id = urlsplit(address).path.rpartition("/chatkit/files/")
    return AttachmentId(attachment_id) if found and attachment_id.startswith(f"{PREFIX}_") else None


def unsigned(item: ThreadItem) -> ThreadItem:
    """Return an item as it is stored."""
    match item:
        case GeneratedImageItem() if item.image is not None and own_file(item.image.url):
            return _with_image_at(item, item.image, item.image.url.partition("?")[0])
        case AssistantMessageItem():
            return _with_sources(item, _kept)
        case _:
            return item


def signed(item: ThreadItem, address: Callable[[AttachmentId], str]) -> ThreadItem:
    """Return a stored item as it may leave the server; `address` gives the one of a file."""
    match item:
        case GeneratedImageItem() if item.image is not None and (file := own_file(item.image.url)):
            return _with_image_at(item, item.image, address(file))
        case AssistantMessageItem():
            return _with_sources(item, lambda source: _linked(source, address))
        case _:
            return item


def _with_image_at(item: GeneratedImageItem, image: GeneratedImage, url: str) -> GeneratedImageItem:
    return item.model_copy(update={"image": image.model_copy(update={"url": url})})


def _with_sources(
    item: AssistantMessageItem, changed: Callable[[URLSource], URLSource]
) -> AssistantMessageItem:
    """Return a message whose web sources are changed; the very same one where none is."""
    content = [_part(part, changed) for part in item.content]
    if all(part is before for part, before in zip(content, item.content, strict=True)):
        return item
    return item.model_copy(update={"content": content})


def _part(
    part: AssistantMessageContent, changed: Callable[[URLSource], URLSource]
) -> AssistantMessageContent:
    annotations = [_annotation(annotation, changed) for annotation in part.annotations]
    if all(cited is before for cited, before in zip(annotations, part.annotations, strict=True)):
        return part
    return part.model_copy(update={"annotations": annotations})


def _annotation(annotation: Annotation, changed: Callable[[URLSource], URLSource]) -> Annotation:
    if not isinstance(annotation.source, URLSource):
        return annotation
    source = changed(annotation.source)
    return annotation if source is annotation.source else annotation.model_copy(update={"source": source})


def _kept(source: URLSource) -> URLSource:
    if not isinstance(source, LinkedFile):
        return source
    return URLSource(title=source.title, url=f"{FILE_SCHEME}{source.attachment_id}")


def _linked(source: URLSource, address: Callable[[AttachmentId], str]) -> URLSource:
    if not source.url.startswith(FILE_SCHEME):
        return source
    return source.model_copy(update={"url": address(AttachmentId(source.url.removeprefix(FILE_SCHEME)))})
