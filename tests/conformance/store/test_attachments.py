"""The attachment methods; bytes are not the store's concern."""

from typing import Any

import pytest
from chatkit.store import NotFoundError, Store
from chatkit.types import AttachmentUploadDescriptor, FileAttachment, ImageAttachment, ThreadMetadata
from pydantic import AnyUrl


@pytest.fixture
def file(thread_id: str) -> FileAttachment:
    """A file that is not uploaded yet, under an id of its own."""
    url = AnyUrl("https://example.org/up")
    return FileAttachment(
        id=f"file {thread_id}",
        name="a b.pdf",
        mime_type="application/pdf",
        upload_descriptor=AttachmentUploadDescriptor(url=url, method="PUT", headers={"X": "1"}),
        metadata={"scan": None},
    )


@pytest.fixture
def image(thread_id: str) -> ImageAttachment:
    """An uploaded image."""
    url = AnyUrl("https://example.org/p?x=1")
    return ImageAttachment(id=f"image {thread_id}", name="ü.png", mime_type="image/png", preview_url=url)


@pytest.mark.proves("STORE-11")
async def test_attachments_are_read_as_they_were_saved(
    store: Store[Any], ann: Any, file: FileAttachment, image: ImageAttachment
) -> None:
    for attachment in (file, image):
        await store.save_attachment(attachment, ann)
        assert await store.load_attachment(attachment.id, ann) == attachment


@pytest.mark.proves("DOC-06", "STORE-1", "FEAT-att-8")
async def test_saving_an_attachment_again_changes_it(
    store: Store[Any], ann: Any, thread: ThreadMetadata, file: FileAttachment
) -> None:
    await store.save_attachment(file, ann)
    sent = file.model_copy(update={"upload_descriptor": None, "thread_id": thread.id})
    await store.save_attachment(sent, ann)
    assert await store.load_attachment(file.id, ann) == sent


@pytest.mark.proves("STORE-2")
async def test_an_attachment_may_be_deleted_twice(store: Store[Any], ann: Any, file: FileAttachment) -> None:
    await store.save_attachment(file, ann)
    await store.delete_attachment(file.id, ann)
    await store.delete_attachment(file.id, ann)
    with pytest.raises(NotFoundError):
        await store.load_attachment(file.id, ann)


@pytest.mark.proves("STORE-2")
async def test_an_attachment_goes_with_its_thread(
    store: Store[Any], ann: Any, thread: ThreadMetadata, image: ImageAttachment
) -> None:
    await store.save_attachment(image.model_copy(update={"thread_id": thread.id}), ann)
    await store.delete_thread(thread.id, ann)
    with pytest.raises(NotFoundError):
        await store.load_attachment(image.id, ann)


@pytest.mark.proves("STORE-15")
async def test_changing_a_loaded_attachment_changes_nothing_until_it_is_saved(
    store: Store[Any], ann: Any, file: FileAttachment
) -> None:
    await store.save_attachment(file, ann)
    loaded = await store.load_attachment(file.id, ann)
    loaded.name = "other"
    assert loaded.metadata is not None
    loaded.metadata["scan"] = "changed"
    assert await store.load_attachment(file.id, ann) == file
