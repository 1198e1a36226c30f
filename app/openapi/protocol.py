"""The routes of the ChatKit protocol: conversations, following and stopping, files."""

from app.errors import Conflict, NotFound, RateLimited
from app.openapi.operations import (
    Caller,
    Json,
    Operation,
    bytes_content,
    event_content,
    json_content,
    parameter,
    reference,
    response,
)
from app.openapi.refusals import CROWDED, HOSTED, OF_CALLER, OF_FILES, PROTOCOL, WITH_BODY, refusals

_THREAD = "/chatkit/threads/{thread_id}"
_ONE_FILE = "/chatkit/files/{attachment_id}"

_EVENTS = event_content(reference("schemas", "ThreadStreamEvent"))
_TICKS = event_content(
    {"type": "object", "properties": {"type": {"enum": ["probe.tick", "probe.end"]}}, "required": ["type"]}
)
_FILE: Json = {
    "multipart/form-data": {
        "schema": {
            "type": "object",
            "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
            "required": ["file"],
        }
    },
    "application/octet-stream": {},
}
_SENT = response("The file, which a message may name now.", json_content(reference("schemas", "Attachment")))
_CANCELLED: Json = {
    "type": "object",
    "properties": {"cancelled": {"type": "boolean"}},
    "required": ["cancelled"],
    "additionalProperties": False,
}

_OF_THREAD = refusals((*CROWDED, *OF_CALLER, NotFound, RateLimited))
_OF_UPLOAD = (*WITH_BODY, *OF_FILES, Conflict)

_ADDRESS = (
    parameter("query", "for", description="Signed by the server, together with the others."),
    parameter("query", "until"),
    parameter("query", "signature"),
)


def protocol_operations() -> list[Operation]:
    """Return them all."""
    return [
        _conversation("/chatkit", "chatkit", "An operation of the ChatKit protocol.", PROTOCOL, Caller.USER),
        _conversation(
            "/v1/chatkit/conversation",
            "conversation",
            "The same, for client secrets alone.",
            HOSTED,
            Caller.SESSION,
        ),
        *_of_turns(),
        *_of_files(),
    ]


def _conversation(path: str, name: str, summary: str, shape: str, caller: Caller) -> Operation:
    answer = response(
        "The answer, or, where the operation begins one, its events until it ends.",
        json_content(reference("schemas", "Answer")) | _EVENTS,
        "Chatkit-Thread",
        "Chatkit-Turn",
    )
    detach = "`detach`: a lost connection stops nothing, as the client comes back, or stops in so many words."
    return Operation(
        ("post",),
        path,
        name,
        summary,
        {"200": answer, **refusals((*WITH_BODY, *OF_CALLER, *OF_FILES, Conflict), shape)},
        caller,
        (parameter("header", "Chatkit-Disconnect", description=detach),),
        json_content(reference("schemas", "ChatKitReq")),
    )


def _of_turns() -> list[Operation]:
    events = response("Events, until the answer ends.", _EVENTS, "Chatkit-Thread", "Chatkit-Turn")
    probed = response("The stream.", _TICKS)
    return [
        Operation(
            ("get",),
            f"{_THREAD}/events",
            "followThread",
            "The events of the turn that runs on a thread, or of the one that is named, after its end.",
            {"200": events, "204": response("There is nothing to read."), **_OF_THREAD},
            Caller.USER,
            (parameter("header", "Last-Event-ID", description="`<turn>:<n>`: begin behind it."),),
        ),
        Operation(
            ("post",),
            f"{_THREAD}/cancel",
            "cancelTurn",
            "Stop the turn that runs on a thread.",
            {"200": response("Whether one ran.", json_content(_CANCELLED)), **_OF_THREAD},
            Caller.USER,
        ),
        Operation(
            ("get",),
            "/chatkit/probe",
            "probe",
            "A short stream without content, which shows what lies between.",
            {"200": probed, **refusals((*CROWDED, RateLimited))},
            parameters=(parameter("query", "silence", description="Be silent for two heartbeats."),),
        ),
    ]


def _of_files() -> list[Operation]:
    content = response("The file, or its preview.", bytes_content("*/*"))
    return [
        Operation(
            ("post",),
            "/chatkit/files",
            "uploadFile",
            "Send a file that has not been announced.",
            {"200": _SENT, **refusals((*_OF_UPLOAD, *OF_CALLER))},
            Caller.USER,
            content=_FILE,
        ),
        Operation(
            ("put", "post"),
            _ONE_FILE,
            "uploadAnnouncedFile",
            "Send a file that `attachments.create` has announced, to the address that it gave.",
            {"200": _SENT, **refusals(_OF_UPLOAD)},
            parameters=_ADDRESS,
            content=_FILE,
        ),
        Operation(
            ("get", "head"),
            _ONE_FILE,
            "downloadFile",
            "A file or its preview, at the address that an attachment names.",
            {
                "200": content,
                "307": response("The file is in the object storage.", None, "Location"),
                **refusals((*CROWDED, *OF_FILES)),
            },
            parameters=_ADDRESS,
        ),
    ]
