"""The application factory: settings, extensions, blueprints, jobs and commands, and no more."""

import os

from flask import Flask

from consultation.dialogues.manage import bp as manage_dialogues
from consultation.dialogues.views import bp as dialogues
from consultation.people import api_tokens
from consultation.people.cli import tokens
from consultation.people.manage import bp as people
from consultation.people.queries import roles_of
from consultation.people.views import bp as account_tokens
from consultation.process.manage import bp as manage
from consultation.process.views import bp as consultations
from consultation.targets.manage import bp as targets
from core import api, api_document, cli, db, i18n, jobs, mail, security, web
from core.admin import bp as admin
from core.auth import permissions
from core.auth.views import bp as auth
from core.config import Settings
from results import rooms
from results.demo.cli import demo
from surveys import invitations
from surveys.api import bp as survey_api
from surveys.editing.manage import bp as editing
from surveys.interchange.cli import responses
from surveys.pages import views as pages
from surveys.reaching import sending
from surveys.reaching.manage import bp as manage_reaching
from surveys.reaching.views import bp as reaching
from surveys.uploads import manage as uploads

BLUEPRINTS = (
    auth,
    admin,
    consultations,
    manage,
    people,
    targets,
    dialogues,
    manage_dialogues,
    pages.bp,
    uploads.bp,
    editing,
    reaching,
    manage_reaching,
    *rooms.BLUEPRINTS,
    account_tokens,
    api_document.bp,
    survey_api,
)
WORKERS = (mail, invitations, sending, uploads, *rooms.WORKERS)
HANDLERS = {kind: handler for part in WORKERS for kind, handler in part.HANDLERS.items()}
SCHEDULE = (
    *mail.SCHEDULE,
    *invitations.SCHEDULE,
    *uploads.SCHEDULE,
    *(tick for part in rooms.WORKERS for tick in part.SCHEDULE),
)
COMMANDS = (*cli.COMMANDS, responses, demo, tokens)


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
    api.init_app(app, api_tokens.bearer_of, api_tokens.note_use)
    jobs.init_app(app, HANDLERS, SCHEDULE, rooms.HEAVY)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for command in COMMANDS:
        app.cli.add_command(command)
    return app
