"""The server speaks the language of the request: in refusals, failures and titles, and in what stays."""

from pathlib import Path

import pytest

from app.settings import Settings
from tests.provider.script import gate, http_error, say, search_web
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, RunningServer, thread_id_of, user_input

AGENTS = Path(__file__).parent / "agents_under_test.py"

MISSING = {
    "en-GB": "This thread does not exist.",
    "de-CH": "Diesen Chat gibt es nicht.",
    "es-419": "Este chat no existe.",
    "fr": "Cette discussion n’existe pas.",
    "ja-JP": "このチャットは存在しません。",
    "zh-CN": "此对话不存在。",
    "zh-TW": "此對話不存在。",
}
NOT_ALLOWED = {
    "de": ("Keine vollständige Antwort", "Dieser Server darf sein Modell nicht nutzen. "),
    "es": ("Respuesta incompleta", "Este servidor no tiene permiso para usar su modelo. "),
    "fr": ("Réponse incomplète", "Ce serveur n’est pas autorisé à utiliser son modèle. "),
    "ja": ("回答は完了していません", "このサーバーにはモデルの利用権限がありません。"),
    "zh": ("回答不完整", "此服务器无权使用其模型，"),
    "zh-HK": ("回答不完整", "此伺服器無權使用其模型，"),
}
SEARCHED = {
    "de": ("Websuche läuft", "Im Web gesucht"),
    "es": ("Buscando en la web", "Búsqueda en la web realizada"),
    "fr": ("Recherche sur le Web", "Recherche sur le Web effectuée"),
    "ja": ("ウェブを検索中", "ウェブを検索しました"),
    "zh": ("正在搜索网页", "已搜索网页"),
    "zh-Hant": ("正在搜尋網頁", "已搜尋網頁"),
}


@pytest.fixture
def settings(provided: Settings) -> Settings:
    return provided.model_copy(update={"agent": f"{AGENTS}:agent"})


@pytest.mark.proves("WIRE-10", "FEAT-error-1")
@pytest.mark.parametrize("wanted", MISSING)
async def test_a_refusal(server: RunningServer, wanted: str) -> None:
    client = server.client(**{"Accept-Language": wanted})

    response = await client.post("threads.get_by_id", thread_id="thr_nobodys")

    assert response.status_code == 404
    assert response.json()["message"] == response.json()["error"]["message"] == MISSING[wanted]


@pytest.mark.proves("WIRE-10", "FEAT-error-1")
@pytest.mark.parametrize("wanted", NOT_ALLOWED)
async def test_a_failure_on_the_stream_and_what_stays_of_it(
    server: RunningServer, provider: FakeProvider, wanted: str
) -> None:
    provider.respond(http_error(401))
    client = server.client(**{"Accept-Language": wanted})
    title, sentence = NOT_ALLOWED[wanted]

    async with client.stream("threads.create", input=user_input("Hi")) as events:
        await events.rest()

    assert events.seen[-1]["type"] == "error"
    assert events.seen[-1]["message"].startswith(sentence)
    client.http.headers["Accept-Language"] = "en"
    [note] = [item for item in await client.items(thread_id_of(events)) if item["type"] == "task"]
    assert note["task"]["title"] == title
    assert note["task"]["content"].startswith(sentence)


@pytest.mark.proves("WIRE-10")
@pytest.mark.parametrize("wanted", SEARCHED)
async def test_the_title_of_a_task_before_and_after(
    server: RunningServer, provider: FakeProvider, wanted: str
) -> None:
    provider.respond(search_web("weather", "https://example.com"), say("Sunny"))
    client = server.client(**{"Accept-Language": wanted})

    async with client.stream("threads.create", input=user_input("Hi")) as events:
        await events.rest()

    begun = next(event["item"] for event in events.seen if event["type"] == "thread.item.added")
    [ended] = events.done_items("workflow")
    titles = [item["workflow"]["tasks"][0]["title"] for item in (begun, ended)]
    assert titles == [*SEARCHED[wanted]]


@pytest.mark.proves("WIRE-10")
async def test_who_wants_a_language_we_do_not_speak_gets_the_next_best(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    client.http.headers["Accept-Language"] = "nl, en;q=0.3, de-AT;q=0.8"

    response = await client.post("threads.get_by_id", thread_id="thr_nobodys")

    assert response.json()["message"] == MISSING["de-CH"]


async def test_what_a_developer_has_to_mend_stays_english(client: ChatKitClient) -> None:
    client.http.headers["Accept-Language"] = "de"

    broken = await client.http.post("/chatkit", content=b"{")
    method = await client.http.put("/chatkit", content=b"{}")
    nowhere = await client.http.get("/chatkit/nowhere")

    assert broken.json()["message"].startswith("The body is not valid JSON: ")
    assert (method.status_code, method.json()["message"]) == (405, "Method Not Allowed.")
    assert (nowhere.status_code, nowhere.json()["message"]) == (404, "Hier gibt es nichts.")


async def test_values_are_in_their_places(client: ChatKitClient) -> None:
    client.http.headers["Accept-Language"] = "de"

    refused = await client.post("threads.create", input=user_input("x" * 100_001))

    assert refused.json()["message"] == "Die Nachricht ist zu lang: höchstens 100.000 Zeichen."


@pytest.mark.proves("WIRE-10")
async def test_a_refusal_is_in_the_language_of_its_request_and_not_of_the_turn_it_meets(
    client: ChatKitClient, server: RunningServer, provider: FakeProvider
) -> None:
    provider.respond(say("Hel", gate("half-way"), "lo"))
    client.http.headers["Accept-Language"] = "ja"
    async with client.stream("threads.create", input=user_input("Hi")) as events:
        await events.until_text("Hel")
        thread_id = thread_id_of(events)
        client.http.headers["Accept-Language"] = "fr"
        refused = await client.post("threads.add_user_message", thread_id=thread_id, input=user_input("And?"))
        provider.release("half-way")
        await events.rest()

    assert refused.status_code == 409
    assert refused.json()["message"].startswith("Une réponse est encore en cours de rédaction")
