"""The application factory: settings, extensions, blueprints, jobs and commands, and no more."""

import os

from flask import Flask

from consultation.people.queries import roles_of
from core import db, i18n, jobs, mail, security, web
from core.admin import bp as admin
from core.auth import permissions
from core.auth.views import bp as auth
from core.config import Settings

BLUEPRINTS = (auth, admin)
HANDLERS = {**mail.HANDLERS}
SCHEDULE = (*mail.SCHEDULE,)
COMMANDS = ()


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application; nothing happens at import."""
    settings = settings or Settings.from_env(os.environ)
    app = Flask(__name__)
    app.extensions["settings"] = settings
    i18n.init_app(app)
    db.init_app(app, settings.database_url)
    security.init_app(app)
    permissions.init_app(app, roles_of)
    web.init_app(app, settings)
    jobs.init_app(app, HANDLERS, SCHEDULE)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for command in COMMANDS:
        app.cli.add_command(command)
    return app
