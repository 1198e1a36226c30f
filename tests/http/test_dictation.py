"""Dictation: what is taken for a recording, who turns it into text, and what is said when that fails."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from app.chatkit_api import dictation
from app.settings import Settings
from tests.provider.script import HttpError, http_error, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, serving, user_input

AGENTS = Path(__file__).parent / "agents_that_listen.py"
WEBM = "audio/webm;codecs=opus"
LIMIT = 2_000_000


@pytest.fixture
def settings(provided: Settings) -> Settings:
    return provided.model_copy(
        update={
            "transcription_model": "gpt-transcribe",
            "max_recording_bytes": LIMIT,
            "recordings_per_minute": 5,
        }
    )


async def dictate(
    client: ChatKitClient, recording: bytes | str, mime_type: str = WEBM, **headers: str
) -> httpx2.Response:
    """Send a recording; text is sent as it is."""
    encoded = recording if isinstance(recording, str) else base64.b64encode(recording).decode()
    body = {"type": "input.transcribe", "params": {"audio_base64": encoded, "mime_type": mime_type}}
    return await client.http.post("/chatkit", json=body, headers=headers)


@pytest.mark.proves("FEAT-dictation-1", "WIRE-57", "OP-input.transcribe-2")
@pytest.mark.parametrize(
    ("mime_type", "name"),
    [
        (WEBM, "speech.webm"),
        ("audio/mp4", "speech.mp4"),
        ("audio/ogg;codecs=opus", "speech.ogg"),
        (" Audio/WEBM ; codecs=opus", "speech.webm"),
    ],
)
async def test_a_recording_becomes_text_by_the_provider(
    client: ChatKitClient, provider: FakeProvider, mime_type: str, name: str
) -> None:
    provider.respond(say(" Guten Tag "))

    response = await dictate(client, b"\x1a\x45opus", mime_type, **{"accept-language": "de-AT"})

    assert (response.status_code, response.json()) == (200, {"text": "Guten Tag"})
    asked = provider.requests[-1]
    assert asked.api == "transcriptions"
    assert asked.body["model"] == "gpt-transcribe"
    assert asked.body["languages"] == ["de"]
    assert asked.body["file"] == {"name": name, "type": f"audio/{name[7:]}", "data": b"\x1a\x45opus"}


@pytest.mark.parametrize(
    ("model", "language", "hints"),
    [
        ("whisper-large", "de", {"language": "de"}),
        ("whisper-large", "fil", {}),
        ("gpt-transcribe", "zh-Hant-TW", {"languages": ["zh"]}),
    ],
)
async def test_the_language_is_a_hint_in_the_form_that_the_model_takes(
    settings: Settings, provider: FakeProvider, model: str, language: str, hints: dict[str, Any]
) -> None:
    provider.respond(say("Hello"))
    async with serving(settings.model_copy(update={"transcription_model": model})) as server:
        await dictate(server.client(), b"sound", **{"accept-language": language})

    sent = provider.requests[-1].body
    assert {name: sent[name] for name in ("language", "languages") if name in sent} == hints


@pytest.mark.proves("WIRE-57", "OP-input.transcribe-1")
async def test_a_recording_may_be_longer_than_any_other_request_up_to_its_own_limit(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.always(say("Long"))

    longest = await dictate(client, b"x" * LIMIT)
    too_long = await dictate(client, b"x" * (LIMIT + 1))

    assert (longest.status_code, longest.json()) == (200, {"text": "Long"})
    assert len(provider.requests[-1].body["file"]["data"]) == LIMIT
    assert (too_long.status_code, too_long.json()["error"]["code"]) == (413, "payload_too_large")
    assert "2,000,000" in too_long.json()["message"]
    assert len(provider.requests) == 1


def _around(before: str, after: str, large: str = "x" * 1_100_000) -> str:
    return f"{before}{large}{after}"


@pytest.mark.proves("OP-any-2", "OP-any-5", "WIRE-57")
@pytest.mark.parametrize(
    "body",
    [
        _around('{"type":"threads.create","params":{"note":"input.transcribe","audio":"', '"}}'),
        _around('{"params":{"audio_base64":"', '","mime_type":"audio/webm"},"type":"input.transcribe"}'),
        _around('{"type":"input.transcribe","params":{"x":[', "0]}}", "[0]," * 300_000),
        _around('{"type":"input.transcribe","x":"', '","type":"threads.list","params":{}}'),
        _around('{"type":"input.transcribe","params":{"audio_base64":"', "", "A" * 3_000_000),
        "[" * 1_100_000,
        " " * 1_100_000,
    ],
    ids=["another operation", "type last", "lists", "two types", "never ends", "nested", "blank"],
)
async def test_nothing_but_a_dictation_may_be_that_long(
    client: ChatKitClient, provider: FakeProvider, body: str
) -> None:
    async def unannounced() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 100_000):
            yield body[start : start + 100_000].encode()

    headers = {"content-type": "application/json"}
    announced = await client.http.post("/chatkit", content=body.encode(), headers=headers)
    chunked = await client.http.post("/chatkit", content=unannounced(), headers=headers)

    assert (announced.status_code, chunked.status_code) == (413, 413)
    assert provider.requests == []


@pytest.mark.proves("OP-input.transcribe-1", "OP-any-3")
@pytest.mark.parametrize(
    ("recording", "mime_type", "sentence"),
    [
        ("A===", WEBM, "not valid base64"),
        ("QUJD\nQUJD", WEBM, "not valid base64"),
        ("data:audio/webm;base64,QUJD", WEBM, "not valid base64"),
        ("QUJ-_w==", WEBM, "not valid base64"),
        ("QÜJD", WEBM, "not valid base64"),
        ("", WEBM, "is empty"),
        ("QUJD", "video/webm", "is not supported"),
        ("QUJD", "audio/webm2", "is not supported"),
        ("QUJD", "", "is not supported"),
        ("QUJD", "x" * 100_000, "is not supported"),
    ],
)
async def test_what_is_not_a_recording_is_refused_with_a_sentence(
    client: ChatKitClient, provider: FakeProvider, recording: str, mime_type: str, sentence: str
) -> None:
    refused = await dictate(client, recording, mime_type)

    assert refused.status_code == 400
    assert sentence in refused.json()["message"]
    assert len(refused.json()["message"]) < 200
    assert provider.requests == []


@pytest.mark.proves("OP-input.transcribe-2")
async def test_a_user_who_dictates_too_often_is_told_when_to_go_on_and_others_go_on(
    settings: Settings, provider: FakeProvider
) -> None:
    provider.always(say("Hello"))
    async with serving(settings) as server:
        one, other = server.client(), server.client()
        answers = [await dictate(one, b"sound") for _ in range(6)]
        of_other = await dictate(other, b"sound")

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[-1].json()["error"] == {
        "code": "rate_limited",
        "message": answers[-1].json()["message"],
        "retryable": True,
    }
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60
    assert of_other.status_code == 200


@pytest.mark.proves("OP-input.transcribe-2", "FEAT-error-1")
@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (http_error(400, "invalid_audio", "secret-detail"), 400, "could not be understood"),
        (http_error(429, "rate_limit", "secret-detail", retry_after_ms="1"), 429, "busy"),
        (http_error(401, "invalid_key", "secret-detail"), 503, "could not be turned into text"),
        (http_error(500, "server_error", "secret-detail", retry_after_ms="1"), 503, "could not be turned"),
    ],
)
async def test_a_provider_that_fails_is_a_sentence_of_ours(
    client: ChatKitClient, provider: FakeProvider, error: HttpError, status: int, sentence: str
) -> None:
    provider.always(error)

    response = await dictate(client, b"sound")

    assert response.status_code == status
    assert sentence in response.json()["message"]
    assert "secret-detail" not in response.text


@pytest.mark.proves("FEAT-dictation-1")
async def test_an_assistant_brings_a_function_of_its_own(settings: Settings) -> None:
    async with serving(settings.model_copy(update={"agent": f"{AGENTS}:assistant"})) as server:
        client = server.client()
        heard = await dictate(client, b"sound", **{"accept-language": "lv"})
        broken = await dictate(client, b"broken")
        nothing = await dictate(client, b"nothing")
        refused = await dictate(client, b"refused")

    assert heard.json() == {"text": "5 bytes of audio/webm in lv"}
    assert (broken.status_code, nothing.status_code) == (503, 503)
    assert "secret-detail" not in broken.text
    assert (refused.status_code, refused.json()["message"]) == (400, "Speak up, please.")


@pytest.mark.proves("OP-input.transcribe-2")
async def test_a_function_that_takes_too_long_is_not_waited_for(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dictation, "TRANSCRIPTION_SECONDS", 0.05)
    async with serving(settings.model_copy(update={"agent": f"{AGENTS}:endless"})) as server:
        late = await dictate(server.client(), b"sound")

    assert late.status_code == 503
    assert "took too long" in late.json()["message"]


@pytest.mark.proves("OP-any-7", "OP-input.transcribe-2", "OP-any-2")
@pytest.mark.parametrize(
    "changed", [{"agent": f"{AGENTS}:deaf"}, {"transcription_model": None}, {"openai_base_url": None}]
)
async def test_without_anybody_to_listen_dictation_is_refused_and_takes_no_large_body(
    settings: Settings, changed: dict[str, Any]
) -> None:
    # Without a base URL and without a key: the demo.
    keyless = {"openai_api_key": None} if "openai_base_url" in changed else {}
    async with serving(settings.model_copy(update=changed | keyless)) as server:
        client = server.client()
        refused = await dictate(client, b"sound")
        large = await dictate(client, b"x" * 1_000_000)

    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "not_enabled")
    assert large.status_code == 413


async def test_dictation_writes_nothing(client: ChatKitClient, provider: FakeProvider) -> None:
    provider.respond(say("Hello"))
    await dictate(client, b"sound")

    assert (await client.call("threads.list"))["data"] == []
    provider.respond(say("Hi"))
    async with client.stream("threads.create", input=user_input("Hello")) as events:
        await events.rest()
    assert "speech" not in str(provider.requests[-1].body)
