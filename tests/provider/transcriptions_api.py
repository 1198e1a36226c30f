"""A reply as `/v1/audio/transcriptions` sends it, and the form that such a request is."""

from collections.abc import Iterator
from email.parser import BytesParser
from email.policy import HTTP

from tests.provider.script import JSON, Control, Reply, Say
from tests.provider.wire import Frame, NotScriptable, parts, text_of


def stream(reply: Reply, _response_id: str, _request: JSON) -> Iterator[Frame]:
    """Yield the controls of a reply, which is never streamed."""
    for step in reply:
        match step:
            case Say():
                yield from (piece for piece in step.pieces if isinstance(piece, Control))
            case _ if isinstance(step, Control):
                yield step
            case _:
                raise NotScriptable(step)


def body(reply: Reply, _response_id: str, _request: JSON) -> JSON:
    """Return what was said."""
    said = [text_of(part) for step in reply if isinstance(step, Say) for part in parts(step.pieces)]
    return {"text": "".join(said), "usage": {"type": "tokens", "input_tokens": 1, "output_tokens": 1}}


def form(content_type: str, content: bytes) -> JSON:
    """Return the fields of a form; a file as its name, type and bytes, a repeated field as a list."""
    message = BytesParser(policy=HTTP).parsebytes(
        b"content-type: " + content_type.encode() + b"\n\n" + content
    )
    fields: JSON = {}
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        data = part.get_payload(decode=True)
        assert isinstance(data, bytes)
        if filename := part.get_filename():
            fields[name] = {"name": filename, "type": part.get_content_type(), "data": data}
        elif name.endswith("[]"):
            fields.setdefault(name.removesuffix("[]"), []).append(data.decode())
        else:
            fields[name] = data.decode()
    return fields
