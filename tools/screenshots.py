"""Take pictures of pages, in both languages and several widths, with the system's Chromium.

``python tools/screenshots.py URL... --lang fa,en --width 1280,360 --out DIR [--cookie name=value]`` writes one PNG a
page, language and width. ``--check`` fails when a page is wider than its window.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

LANGUAGE_COOKIE = "divan_language"
CHROMIUM_ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path() -> str:
    """Return where Chromium lies: ``CHROMIUM`` in the environment, else the system's.

    :raises SystemExit: saying how to install it where there is none.
    """
    for name in (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"):
        if name and (found := shutil.which(name)):
            return found
    raise SystemExit("no Chromium found: install it (apt install chromium) or set CHROMIUM to its program")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run Chromium for the length of a block."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS, ignore_default_args=["--headless"]
        )
        try:
            yield browser
        finally:
            browser.close()


def open_page(
    browser: Browser, url: str, *, language: str, width: int, cookies: dict[str, str], scripts: bool = True
) -> Page:
    """Open an address in a fresh context of this language and width."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        locale=language,
        java_script_enabled=scripts,
        device_scale_factor=1,
        reduced_motion="reduce",
    )
    parts = urlsplit(url)
    context.add_cookies(
        [
            {"name": name, "value": value, "url": f"{parts.scheme}://{parts.netloc}"}
            for name, value in {LANGUAGE_COOKIE: language, **cookies}.items()
        ]
    )
    page = context.new_page()
    page.goto(url, wait_until="load")
    page.evaluate("document.fonts.ready")
    return page


def overflow(page: Page) -> int:
    """Return by how many pixels a page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def file_name(url: str, language: str, width: int) -> str:
    """Return the name of the picture of a page."""
    parts = urlsplit(url)
    slug = re.sub(r"[^A-Za-z0-9]+", "-", f"{parts.path}-{parts.query}").strip("-") or "home"
    return f"{slug}-{language}-{width}.png"


def main(arguments: list[str] | None = None) -> int:
    """Take the pictures; return 1 when a page is too wide and ``--check`` is given."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("urls", nargs="+", metavar="URL")
    parser.add_argument("--lang", default="fa,en", help="languages, separated by commas")
    parser.add_argument("--width", default="1280,360", help="widths in pixels, separated by commas")
    parser.add_argument("--out", type=Path, default=Path("test-results/screenshots"))
    parser.add_argument("--cookie", action="append", default=[], help="name=value; may be given more than once")
    parser.add_argument("--window", action="store_true", help="only the first window, not the whole page")
    parser.add_argument("--no-scripts", action="store_true", help="with JavaScript switched off")
    parser.add_argument("--check", action="store_true", help="fail when a page is wider than its window")
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    cookies = dict(one.split("=", 1) for one in given.cookie)
    too_wide = 0
    with chromium() as browser:
        for url in given.urls:
            for language in given.lang.split(","):
                for width in (int(one) for one in given.width.split(",")):
                    page = open_page(
                        browser, url, language=language, width=width, cookies=cookies, scripts=not given.no_scripts
                    )
                    target = given.out / file_name(url, language, width)
                    page.screenshot(path=target, full_page=not given.window)
                    excess = overflow(page)
                    too_wide += excess > 0
                    sys.stdout.write(f"{target}{f'  {excess} px too wide' if excess > 0 else ''}\n")
                    page.context.close()
    return 1 if given.check and too_wide else 0


if __name__ == "__main__":
    sys.exit(main())
