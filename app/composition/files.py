"""Files: those that are sent, kept, shown and given to the model."""

from dataclasses import dataclass
from datetime import timedelta

from app.assistant import Assistant
from app.assistant.models import ROUTED_ELSEWHERE
from app.attachments import Attachments, FileRules, Limits
from app.attachments.addresses import Addresses
from app.attachments.arrivals import Arrivals
from app.attachments.blobs import Blobs
from app.attachments.collecting import Collector
from app.attachments.content import Inspector
from app.attachments.direct import direct
from app.attachments.for_model import ModelFiles
from app.attachments.rules import limits_of_server
from app.attachments.uploads import Uploads
from app.auth.sessions import Sessions
from app.db.engine import Database
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Files:
    """`limits` is None where the assistant takes no files."""

    limits: Limits | None
    attachments: Attachments
    collector: Collector
    uploads: Uploads
    arrivals: Arrivals
    for_model: ModelFiles


def make_files(
    database: Database, assistant: Assistant, sessions: Sessions, secret_key: str, settings: Settings
) -> Files:
    """Make what has to do with files."""
    limits = None if assistant.files is None else limits_of_server(settings).within(assistant.files)
    blobs = Blobs(settings.files_url, settings.data_dir / "files")
    past_us = direct(blobs, settings.files_direct)
    attachments = Attachments(database, blobs, Addresses(secret_key), Inspector(), limits, past_us)
    collector = Collector(database, blobs)
    incoming = settings.data_dir / "incoming"
    life = timedelta(hours=settings.unsent_file_hours)
    uploads = Uploads(database, attachments, incoming, life, collector.soon, sessions.count_upload)
    for_model = _for_model(database, blobs, settings, assistant)
    return Files(limits, attachments, collector, uploads, Arrivals(uploads), for_model)


def _for_model(database: Database, blobs: Blobs, settings: Settings, assistant: Assistant) -> ModelFiles:
    rules = assistant.files or FileRules()
    takes_documents = settings.openai_api == "responses" and not (assistant.model_name or "").startswith(
        ROUTED_ELSEWHERE
    )
    documents = takes_documents if rules.documents is None else rules.documents
    return ModelFiles(database, blobs, rules.images, documents)
