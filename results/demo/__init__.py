"""A synthetic consultation for the demonstration; labelled so wherever it is shown."""
