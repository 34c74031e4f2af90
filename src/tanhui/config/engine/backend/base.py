"""Django's PostgreSQL backend, which starts the embedded server when a connection is opened, and not before."""

from typing import Any

from django.db.backends.postgresql import base

from tanhui.config.engine import embedded
from tanhui.config.engine.database import DATABASE, ensure_database


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to the embedded server of the home in ``settings_dict['TANHUI_HOME']``."""

    def get_connection_params(self) -> dict[str, Any]:
        """What psycopg connects with; the server runs when this returns."""
        parameters = super().get_connection_params()
        server = embedded.ensure_running(self.settings_dict["TANHUI_HOME"])
        if parameters["dbname"] == DATABASE:
            ensure_database(server, DATABASE)
        user = self.settings_dict.get("USER") or server.superuser
        return parameters | server.connection(parameters["dbname"]) | {"user": user}

    def server_status(self) -> embedded.Server | None:
        """The embedded server if it lives; starts nothing."""
        return embedded.status(self.settings_dict["TANHUI_HOME"])

    def stop_server(self) -> bool:
        """Close this connection and end the embedded server; returns whether one was running."""
        self.close()
        return embedded.stop(self.settings_dict["TANHUI_HOME"])
