"""The database engine: PostgreSQL that comes with the installation and starts by itself, or the server you name.

``ensure_running``, ``status`` and ``stop`` are in :mod:`~tanhui.config.engine.embedded`; what Django and psycopg need
to connect is in :mod:`~tanhui.config.engine.database`.
"""
