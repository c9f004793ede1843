"""Pictures of the demonstration, for the documents: python -m benchmarks.screenshots [FOLDER]."""

import argparse
import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from benchmarks.server import ROOT, Server, private_store
from tests.plugins.browser import FLAGS

SLUG = "demo-summit"
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}


def main() -> None:
    """Build the demonstration in a place of its own and take every picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "docs" / "screenshots")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with private_store("sqlite") as (folder, url):
        server = Server(folder, url)
        told = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "app", "demo", "prepare"],
            cwd=ROOT,
            env=server.environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        server.start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=arguments.chromium, args=list(FLAGS)
                )
                _take(browser, server.base, told, arguments.folder)
                browser.close()
        finally:
            server.kill()


def _take(browser: Browser, base: str, told: str, folder: Path) -> None:
    survey = _address(told, r"Answer the survey\s+(\S+)")
    committee = _address(told, r"Demo committee member\s+(\S+)")
    for language in ("en", "ar"):
        page = browser.new_context(viewport=PHONE, locale=language).new_page()
        page.goto(survey)
        page.click("main form[action$='/start'] button")
        page.screenshot(path=folder / f"respond-{language}.png")
        page = browser.new_context(viewport=DESKTOP, locale=language).new_page()
        for name, path in (
            ("front", "/"),
            ("results", f"/consultations/{SLUG}/results"),
            ("agenda", f"/consultations/{SLUG}/agenda"),
        ):
            page.goto(base + path)
            page.screenshot(path=folder / f"{name}-{language}.png")
    page = browser.new_context(viewport=DESKTOP, locale="en").new_page()
    page.goto(committee)
    page.click("main form button")
    for language in ("en", "ar"):
        _dashboard(page, base, language, folder)


def _dashboard(page: Page, base: str, language: str, folder: Path) -> None:
    page.goto(f"{base}/dashboards/{SLUG}")
    page.select_option("#language", language)
    page.click(".foot button")
    page.goto(f"{base}/dashboards/{SLUG}?round=3")
    page.locator("figure[aria-labelledby^=ranking]").first.scroll_into_view_if_needed()
    page.locator("figure[aria-labelledby^=ranking] svg.main-svg").first.wait_for()
    place = page.locator("figure[aria-labelledby^=ranking]").first.bounding_box()
    if place is not None:
        page.evaluate(f"window.scrollBy(0, {place['y'] - 70})")
    name = "dashboard.png" if language == "en" else f"dashboard-{language}.png"
    page.screenshot(path=folder / name)


def _address(told: str, pattern: str) -> str:
    found = re.search(pattern, told)
    if found is None:
        raise RuntimeError("The demonstration printed no address.")
    return found[1]


if __name__ == "__main__":
    main()
