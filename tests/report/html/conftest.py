"""A page to look at, and a browser to look with."""

import shutil

import pytest
from planted import plant

from escalade.report.html import Choices, build_report
from escalade.store import Store

SECRET = "because the vermilion thing weighs more"
BROWSER = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """Builds the page of the runs in a store; returns its path."""

    def build(url, runs=("planted",), **choices):
        page = tmp_path_factory.mktemp("page") / "report.html"
        with Store.open(url) as store:
            build_report(store, runs, page, Choices(**choices))
        return page

    return build


@pytest.fixture(scope="session")
def page(tmp_path_factory, built):
    """A run of 120 sums."""
    url = f"sqlite:///{tmp_path_factory.mktemp('store')}/store.sqlite"
    plant(url, 120)
    return built(url)


@pytest.fixture(scope="session")
def private(tmp_path_factory, built):
    """A folder with the page, figures and tables of a run whose task keeps its texts private."""
    folder = tmp_path_factory.mktemp("private")
    url = f"sqlite:///{folder}/store.sqlite"
    plant(url, 4, redacted=True, reason=SECRET)
    page = built(url, figures=folder / "figures", tables=folder / "tables")
    return page.rename(folder / "page.html").parent


@pytest.fixture(scope="module")
def browser():
    """Of one module only: while it is open, its driver keeps an event loop that no other test may meet."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if BROWSER is None:
        pytest.skip("no Chromium on PATH")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield opened
        opened.close()


class Looking:
    """A tab on a page, with all that went wrong in it."""

    def __init__(self, browser, page, **context):
        self.troubles = []
        self.context = browser.new_context(reduced_motion="reduce", **context)
        self.tab = self.context.new_page()
        self.tab.on("console", lambda message: self.troubles.append(message.text))
        self.tab.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.tab.on("dialog", lambda dialog: self.troubles.append(dialog.message))
        self.tab.on("request", self._requested)
        self.address = page.as_uri()
        self.go()

    def go(self, place=""):
        self.tab.goto(self.address + place)
        self.tab.wait_for_selector("#questions[data-ready=yes]")

    def _requested(self, request):
        if request.url.partition("#")[0] != self.address:
            self.troubles.append(request.url)


@pytest.fixture
def look(browser):
    opened = []

    def open_(page, **context):
        opened.append(Looking(browser, page, **context))
        return opened[-1]

    yield open_
    for each in opened:
        each.context.close()
