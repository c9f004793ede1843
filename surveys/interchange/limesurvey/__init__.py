"""LimeSurvey: its .lss files come in (`read`), and ours go out as its text tables (`write`)."""
