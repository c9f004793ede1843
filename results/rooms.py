"""The rooms of results that have pages, for the factory."""

from results.agenda.views import bp as agenda
from results.dashboards.views import bp as dashboards
from results.feedback.views import bp as feedback
from results.releases.views import bp as releases
from results.workbench.views import bp as workbench

BLUEPRINTS = (dashboards, agenda, feedback, releases, workbench)
