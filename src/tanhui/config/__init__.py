"""Where everything is put together: settings, addresses, the database. The only place that knows all."""
