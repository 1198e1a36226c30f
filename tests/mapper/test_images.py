"""Generated images: told apart, never left open, and clearer with every step."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mapper.events import model_events
from tests.mapper.mapped import Mapped
from tests.provider.script import JSON, generate_image, say, think


def addresses(run: Mapped) -> list[str]:
    """The address of each image on the page."""
    return [item["image"]["url"] for item in run.page.of_type("generated_image")]


def updates(run: Mapped) -> list[JSON]:
    """The updates of images, in order."""
    found = [frame["update"] for frame in run.frames if "update" in frame]
    return [update for update in found if update["type"] == "generated_image.updated"]


@pytest.mark.proves("DOC-25", "MAP-9")
def test_an_image_is_announced_empty_becomes_clearer_and_is_complete_at_its_end() -> None:
    run = Mapped()
    run.model(think("Hm."), generate_image("end", partials=["one", "two"]), say("There."))
    page = run.finish()
    assert page.outline() == ["workflow: Hm.", "generated_image", "message: There."]
    (added,) = [
        frame["item"] for frame in run.frames if frame.get("item", {}).get("type") == "generated_image"
    ][:1]
    assert "image" not in added
    assert [(update["image"]["url"], update["progress"]) for update in updates(run)] == [
        ("data:;base64,one", 1 / 2),
        ("data:;base64,two", 2 / 3),
        ("data:;base64,end", 1),
    ]
    assert addresses(run) == ["data:;base64,end"]


@pytest.mark.proves("T12")
@given(st.permutations(["a0", "a1", "a2", "b0", "b1", "b2"]))
def test_images_at_the_same_time_are_told_apart(order: list[str]) -> None:
    order = sorted(order, key=lambda step: int(step[1]))
    streams = {name: _image_events(name, place) for place, name in enumerate(("a", "b"))}
    run = Mapped()
    for step in order:
        run.sdk(streams[step[0]].pop(0))
    run.finish()
    assert sorted(addresses(run)) == ["data:;base64,a", "data:;base64,b"]
    for item in run.page.of_type("generated_image"):
        assert item["image"]["url"].endswith(item["image"]["id"])


@pytest.mark.proves("MAP-8")
@pytest.mark.parametrize("partials", [[], ["one"]])
def test_an_image_that_fails_is_gone_and_the_failure_is_told(partials: list[str]) -> None:
    run = Mapped()
    run.model(generate_image(None, partials=partials), say("Sorry."))
    assert run.finish().outline() == ["workflow: The image could not be generated", "message: Sorry."]


@pytest.mark.proves("MAP-8")
@pytest.mark.parametrize("end", ["finish", "interrupt"])
@pytest.mark.parametrize("seen", range(1, 6))
def test_an_image_that_is_cut_leaves_no_ghost(end: str, seen: int) -> None:
    run = Mapped()
    events = model_events(generate_image("end", partials=["one", "two"]))
    last = [event.data.type for event in events].index("response.output_item.done")
    run.sdk(*events[: min(seen + 2, last)])
    assert getattr(run, end)().items == {}


@pytest.mark.proves("MAP-8")
def test_an_image_that_has_not_come_when_the_next_response_begins_does_not_come() -> None:
    run = Mapped()
    events = model_events(generate_image("end"))
    run.sdk(*[event for event in events if event.data.type != "response.output_item.done"][:-1])
    run.model(say("Never mind."))
    assert run.page.outline() == ["message: Never mind."]
    run.finish()


def test_an_image_of_a_model_that_does_not_stream_is_shown() -> None:
    run = Mapped()
    created, *_, completed = model_events(generate_image("end"), say("There."))
    run.sdk(created, completed)
    run.finish()
    assert addresses(run) == ["data:;base64,end"]


def _image_events(name: str, place: int) -> list:  # type: ignore[type-arg]
    events = []
    for event in model_events(generate_image(name, partials=[f"{name}-part"])):
        if event.data.type in (
            "response.output_item.added",
            "response.output_item.done",
            "response.image_generation_call.partial_image",
        ):
            event.data.output_index = place
            if hasattr(event.data, "item_id"):
                event.data.item_id = name
            else:
                event.data.item.id = name
            events.append(event)
    return events
