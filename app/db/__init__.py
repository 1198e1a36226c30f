"""PostgreSQL: the engine, the tables, the embedded server, the way to the current schema.

Owns connections and transactions. Must not know threads, turns or HTTP beyond the tables' columns.
"""
