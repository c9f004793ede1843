"""`flask serve` where it cannot listen."""

import socket

from app import create_app
from core.db import get_database
from tests.plugins.application import make_settings


def test_a_port_that_is_taken_is_said_in_a_line_that_tells_what_to_do(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        application = create_app(make_settings(tmp_path, port=port))
        found = application.test_cli_runner().invoke(args=["serve"])
        get_database(application).dispose()
    assert found.exit_code == 1
    assert f"Port {port} of 127.0.0.1 cannot be used" in found.output
    assert "POLYLOGUE_PORT=" in found.output
    assert "Traceback" not in found.output
