"""Citations: none is lost, none points anywhere strange, and each is where the model put it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.turns.mapper.citations import ContainerFile
from tests.mapper.events import Api, model_events
from tests.mapper.mapped import Mapped
from tests.provider.script import JSON, container_citation, file_citation, next_part, say, url_citation

BOTH = pytest.mark.parametrize("api", ["responses", "chat_completions"])

CONTAINER_FILE = container_citation("plot.png", 4)


def annotations_of(run: Mapped) -> list[JSON]:
    """The annotations of the only message."""
    (message,) = run.finish().of_type("assistant_message")
    return [annotation for part in message["content"] for annotation in part["annotations"]]


@pytest.mark.proves("FEAT-cite-1", "UPD-2")
@BOTH
def test_a_page_is_cited_while_streaming_and_ever_after(api: Api) -> None:
    run = Mapped()
    run.model(say("Look", citing=[url_citation("https://example.com/a", "An example", 4)]), api=api)
    source = {"type": "url", "url": "https://example.com/a", "title": "An example"}
    expected = {"type": "annotation", "source": source, "index": 4}
    updates = [frame["update"] for frame in run.frames if "update" in frame]
    assert [update["annotation"] for update in updates if "annotation" in update] == [expected]
    assert updates[-1]["content"]["annotations"] == [expected]
    assert annotations_of(run) == [expected]


@pytest.mark.proves("FEAT-cite-1")
def test_files_are_cited_by_name() -> None:
    run = Mapped()
    run.model(say("Look", citing=[file_citation("a.pdf", 2), CONTAINER_FILE]))
    assert annotations_of(run) == [
        {"type": "annotation", "source": {"type": "file", "filename": name, "title": name}, "index": index}
        for name, index in (("a.pdf", 2), ("plot.png", 4))
    ]


@pytest.mark.proves("DOC-18", "FEAT-cite-1", "FEAT-cite-3")
def test_a_citation_without_a_name_gets_a_general_one_and_numbers_have_no_gaps() -> None:
    run = Mapped()
    nameless = [file_citation("", 1), {"type": "file_path", "file_id": "file-1", "index": 0}]
    run.model(say("Look", citing=[*nameless, url_citation("https://example.com/a", "", 4)]))
    added = [frame["update"] for frame in run.frames if "annotation" in frame.get("update", {})]
    assert [update["annotation_index"] for update in added] == [0, 1, 2]
    titles = [annotation["source"]["title"] for annotation in annotations_of(run)]
    assert titles == ["File", "File", "example.com"]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "javascript://example.com/%0aalert(1)",
        "data:text/html,x",
        "http://",
        "http://[",
        "",
    ],
)
def test_a_link_that_is_no_web_page_is_not_offered(url: str) -> None:
    run = Mapped()
    run.model(say("Look", citing=[url_citation(url, "Click me", 4), file_citation("a.pdf", 2)]))
    assert [annotation["source"]["type"] for annotation in annotations_of(run)] == ["file"]


@pytest.mark.proves("FEAT-cite-3")
@pytest.mark.parametrize(
    "damage", [{"filename": None}, {"filename": 5}, {"index": None}, {"index": -1}, {"index": "2"}]
)
def test_a_damaged_citation_is_still_one(damage: JSON) -> None:
    run = Mapped()
    for event in model_events(say("Look", citing=[file_citation("a.pdf", 2)])):
        if event.data.type == "response.output_text.annotation.added":
            event.data.annotation = {**file_citation("a.pdf", 2), **damage}  # type: ignore[assignment]
        run.sdk(event)
    (annotation,) = annotations_of(run)
    assert annotation["source"]["filename"] in ("a.pdf", "File")


def test_citations_of_several_parts_stay_with_their_part() -> None:
    run = Mapped()
    run.model(say("One", next_part(), "Two", citing=[file_citation("a.pdf", 2)]))
    (message,) = run.finish().of_type("assistant_message")
    assert [len(part["annotations"]) for part in message["content"]] == [0, 1]


def test_a_citation_that_comes_before_the_text_waits_for_it() -> None:
    run = Mapped()
    events = model_events(say("Look", citing=[file_citation("a.pdf", 2)]))
    kinds = [event.data.type for event in events]
    early = events.pop(kinds.index("response.output_text.annotation.added"))
    events.insert(kinds.index("response.output_text.delta"), early)
    run.sdk(*events)
    assert len(annotations_of(run)) == 1


@pytest.mark.proves("FEAT-cite-1")
@given(
    st.lists(st.text("ab😀", min_size=1, max_size=5), min_size=1, max_size=4), st.lists(st.integers(0, 30))
)
def test_a_citation_is_never_ahead_of_its_text_and_never_behind_the_end(
    pieces: list[str], places: list[int]
) -> None:
    citations = [file_citation(f"{number}.pdf", place) for number, place in enumerate(places)]
    events = model_events(say(*pieces, citing=citations))
    early = [event for event in events if event.data.type == "response.output_text.annotation.added"]
    rest = [event for event in events if event not in early]
    first = [event.data.type for event in rest].index("response.output_text.delta")
    run = Mapped()
    run.sdk(*rest[:first], *early, *rest[first:])
    text, cited = "", []
    for update in (frame["update"] for frame in run.frames if "update" in frame):
        text += update.get("delta", "")
        if "annotation" in update:
            assert update["annotation"]["index"] <= len(text)
            cited.append(update["annotation"]["index"])
    assert cited == [min(place, len("".join(pieces))) for place in places]
    assert [annotation["index"] for annotation in annotations_of(run)] == cited


@pytest.mark.proves("FEAT-cite-1")
def test_files_of_a_container_are_told_with_their_message_once() -> None:
    run = Mapped()
    run.model(say("Look", next_part(), "here", citing=[file_citation("a.pdf", 1), CONTAINER_FILE]))
    (cited,) = run.mapper.cited_files()
    assert run.mapper.cited_files() == []
    (message,) = run.finish().of_type("assistant_message")
    assert cited.item.id == message["id"]
    assert cited.files == {(1, 1): ContainerFile("cntr_1", "cfile_1", "plot.png")}
