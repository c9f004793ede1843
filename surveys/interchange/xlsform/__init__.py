"""XLSForm: forms of other tools come in (`read`), and ours go out (`write`)."""
