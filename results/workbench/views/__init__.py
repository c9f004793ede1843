"""/workbench/<slug>: where analysts turn what people wrote into themes that can be counted."""

from results.workbench.views import codebook as codebook
from results.workbench.views import coders as coders
from results.workbench.views import label as label
from results.workbench.views import machine as machine
from results.workbench.views import overview as overview
from results.workbench.views import sorting as sorting
from results.workbench.views import themes as themes
from results.workbench.views.desk import bp as bp
