"""XLSForm: forms of other tools come in, and ours go out."""

from surveys.interchange.xlsform.notices import Notice as Notice
from surveys.interchange.xlsform.read import Imported as Imported
from surveys.interchange.xlsform.read import read_xlsform as read_xlsform
