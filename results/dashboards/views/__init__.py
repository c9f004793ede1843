"""/dashboards/<slug>: what the committee reads; /consultations/<slug>/results: what all may."""

from results.dashboards.views import figures as figures
from results.dashboards.views import texts as texts
from results.dashboards.views import topic as topic
from results.dashboards.views.frame import bp as bp
