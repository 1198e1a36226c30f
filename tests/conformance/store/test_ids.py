"""New ids: told apart by their prefix, and too many to meet or to guess."""

from typing import Any, get_args

import pytest
from chatkit.store import Store, StoreItemType
from chatkit.types import ThreadMetadata

PREFIXES = {
    "thread": "thr_",
    "message": "msg_",
    "tool_call": "tc_",
    "workflow": "wf_",
    "task": "tsk_",
    "attachment": "atc_",
    "sdk_hidden_context": "shcx_",
}


def test_every_kind_of_id_is_looked_at() -> None:
    assert set(get_args(StoreItemType)) == set(PREFIXES)


@pytest.mark.proves("T20")
@pytest.mark.parametrize("kind", PREFIXES)
def test_ids_have_the_sdks_prefix_and_do_not_meet(
    store: Store[Any], ann: Any, thread: ThreadMetadata, kind: StoreItemType
) -> None:
    made = {store.generate_item_id(kind, thread, ann) for _ in range(20_000)}
    assert len(made) == 20_000
    assert all(item_id.startswith(PREFIXES[kind]) and len(item_id) >= 32 for item_id in made)


@pytest.mark.proves("T20")
def test_thread_ids_do_not_meet(store: Store[Any], ann: Any) -> None:
    made = {store.generate_thread_id(ann) for _ in range(20_000)}
    assert len(made) == 20_000
    assert all(thread_id.startswith("thr_") and len(thread_id) >= 32 for thread_id in made)
