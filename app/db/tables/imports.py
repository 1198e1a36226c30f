"""What is noted of threads that were moved in from elsewhere."""

from sqlalchemy import BigInteger, Column, Integer, Table, Text, func

from app.db.tables.schema import TIME, metadata

imported_threads = Table(
    "imported_threads",
    metadata,
    Column("thread_id", Text, primary_key=True, comment="Thread, which may be deleted since."),
    Column("user_id", Text, nullable=False, comment="For whom it was imported."),
    Column("content_sha256", Text, nullable=False, comment="Hash of all that was imported of it."),
    Column("language", Text, nullable=False, comment="In which the notes among its items are written."),
    Column("item_count", Integer, nullable=False, comment="How many items were imported."),
    Column("last_seq", BigInteger, nullable=False, comment="Last place that the import has given out."),
    Column(
        "imported_at",
        TIME,
        nullable=False,
        server_default=func.now(),
        comment="When it was last written by an import.",
    ),
    comment="Threads that were imported, so that a repetition changes nothing that has happened since.",
)
