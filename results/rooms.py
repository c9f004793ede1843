"""The rooms of results that have pages or jobs, for the factory."""

from results import refresh
from results.agenda.manage import bp as manage_agenda
from results.agenda.views import bp as agenda
from results.dashboards.views import bp as dashboards
from results.feedback.between.views import bp as between
from results.feedback.views import bp as feedback
from results.opinions.views import bp as opinions
from results.outcomes.manage import bp as manage_outcomes
from results.outcomes.views import bp as outcomes
from results.publishing import waiting
from results.rankings.views import bp as rankings
from results.releases.views import bp as releases
from results.rounds import transitions
from results.rounds.views import bp as rounds
from results.timetable.views import bp as timetable
from results.workbench import jobs as workbench_jobs
from results.workbench.views import bp as workbench

BLUEPRINTS = (
    *(dashboards, rankings, opinions, agenda, manage_agenda, outcomes, manage_outcomes),
    *(rounds, timetable, feedback, between, releases, workbench),
)
WORKERS = (refresh, waiting, workbench_jobs, transitions)
#: Kinds of jobs that take long enough to be in the way of pages.
HEAVY = frozenset().union(*(part.HEAVY for part in WORKERS))
