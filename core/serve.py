"""`flask serve`: the one process that serves pages and, unless told otherwise, does the jobs."""

import click
from flask import current_app
from flask.cli import with_appcontext
from waitress import wasyncore
from waitress.server import create_server

from core.security import current_settings
from core.worker import start_thread

SLOWEST_CLIENT_SECONDS = 120


@click.command("serve")
@with_appcontext
def serve() -> None:
    """Serve the installation with waitress until it is stopped."""
    settings = current_settings()
    # The way that Flask documents to give the application itself to another thread.
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - so named
    opened: dict[int, object] = {}
    try:
        server = create_server(
            app,
            host=settings.host,
            port=settings.port,
            threads=settings.threads,
            channel_timeout=SLOWEST_CLIENT_SECONDS,
            ident=None,
            map=opened,
        )
    except OSError as error:
        wasyncore.close_all(opened)
        raise click.ClickException(
            f"Port {settings.port} of {settings.host} cannot be used: {error.strerror}. "
            "Stop what uses it, or choose another: POLYLOGUE_PORT=8001"
        ) from error
    if settings.worker_in_process:
        start_thread(app)
    click.echo(f"Serving on http://{settings.host}:{settings.port} (stop with Ctrl+C)")
    server.run()
