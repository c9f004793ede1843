"""Where the fixtures come from. Each plugin says in its first lines what it gives."""

pytest_plugins = (
    "tests.plugins.absence",
    "tests.plugins.network",
    "tests.plugins.shared",
    "tests.plugins.postgresql",
    "tests.plugins.databases",
    "tests.plugins.browser",
    "tests.plugins.application",
)
