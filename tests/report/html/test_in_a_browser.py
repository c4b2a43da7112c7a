"""The report in a real browser, from disk: it opens, its explorer works, and nothing that was said can harm."""

import pytest
from planted import asked, plant

HOSTILE = (
    "</script><script>window.harmed=1</script><img src=x onerror='window.harmed=1'>\"'><svg onload=window.harmed=1>"
    "<!--<script>{{7*7}}]]>&lt;b&gt;<iframe src='javascript:parent.harmed=1'></iframe>"
)


def test_it_opens_from_disk_without_an_error_or_a_request(look, page):
    """Whole, in both schemes."""
    for scheme in ("light", "dark"):
        seen = look(page, color_scheme=scheme)
        assert seen.tab.title() == "planted on sums: report"
        assert seen.tab.locator("#found a").count() == 50
        assert seen.troubles == []


def test_the_policy_is_in_force(look, page):
    """A script that was put into the page all the same does not run."""
    seen = look(page)
    seen.tab.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'ran = 1'; document.body.append(s) }"
    )
    assert seen.tab.evaluate("window.ran") is None
    assert "Content Security Policy" in seen.troubles[0]


def test_questions_are_filtered_by_outcome_label_and_words(look, page):
    """Each filter narrows the list, and says to how many."""
    seen = look(page)
    count = seen.tab.locator("#count")
    assert count.inner_text() == "120 of 120 questions"
    seen.tab.select_option("[name=system]", "small")
    seen.tab.select_option("[name=outcome]", "w")
    assert count.inner_text() == "60 of 120 questions"
    seen.tab.select_option("[name=label]", label="kind: odd")
    assert count.inner_text() == "0 of 120 questions"
    seen.tab.select_option("[name=label]", "")
    seen.tab.fill("[name=words]", "plus 42?")
    assert count.inner_text() == "1 of 120 questions"
    assert seen.tab.locator("#found b").inner_text() == "sum-00042"


def test_questions_on_which_systems_differ_are_found_and_sorted(look, page):
    """Even ones, which the small model has wrong; the dearest first are those that climb."""
    seen = look(page)
    seen.tab.select_option("[name=outcome]", "split")
    assert seen.tab.locator("#count").inner_text() == "60 of 120 questions"
    seen.tab.select_option("[name=outcome]", "")
    seen.tab.select_option("[name=order]", "cheap")
    assert seen.tab.locator("#found b").first.inner_text() == "sum-00001"


def test_a_question_tells_who_said_what(look, page):
    """The question, the answers on the way, the verdict with its reason, the costs, the grades."""
    seen = look(page)
    seen.tab.get_by_text("sum-00002").first.click()
    story = seen.tab.locator("#story")
    seen.tab.wait_for_selector("#story .trial")
    told = story.inner_text()
    for part in (asked(2), "ladder on sum-00002", "judge rejects (0.2): too short", "small says: 4.", "large says: 4.",
                 "$0.043, 3 calls", "graded wrong, read as 5", "stopped: accepted", "rung 2"):  # fmt: skip
        assert part in told
    assert seen.tab.url.endswith("#q/0/sum-00002")
    assert seen.troubles == []


def test_the_address_of_a_question_opens_it(look, page):
    """So that it can be kept and sent; one of no question is the list."""
    seen = look(page)
    seen.go("#q/0/sum-00077")
    seen.tab.wait_for_selector("#story .trial")
    assert seen.tab.locator("#story h3").inner_text() == "sum-00077"
    seen.tab.evaluate("location.hash = '#q/0/none'")
    seen.tab.wait_for_selector("#story", state="hidden")
    assert seen.troubles == []


def test_the_keyboard_is_enough(look, page):
    """Arrows walk the list, Enter opens, Escape goes back to where one was; the pages turn."""
    seen = look(page)
    seen.tab.locator("#found a").first.focus()
    seen.tab.keyboard.press("ArrowDown")
    seen.tab.keyboard.press("Enter")
    seen.tab.wait_for_selector("#story .trial")
    assert seen.tab.evaluate("document.activeElement.id") == "story"
    seen.tab.keyboard.press("Escape")
    seen.tab.wait_for_selector("#story", state="hidden")
    assert seen.tab.evaluate("document.activeElement.querySelector('b').textContent") == "sum-00001"
    seen.tab.locator("#later").focus()
    seen.tab.keyboard.press("Enter")
    assert seen.tab.locator("#found b").first.inner_text() == "sum-00050"


def test_what_models_wrote_is_text_and_nothing_else(tmp_path, built, look):
    """Hostile answers, questions' labels, reasons and names stand there as they were written, and do nothing."""
    url = f"sqlite:///{tmp_path}/hostile.sqlite"
    plant(url, 4, say=lambda _n, _model: HOSTILE, reason=HOSTILE, label=HOSTILE, experiment=HOSTILE, task=HOSTILE,
          notes=[HOSTILE], metric=HOSTILE)  # fmt: skip
    seen = look(built(url))
    seen.go("#q/0/sum-00002")
    seen.tab.wait_for_selector("#story .trial")
    seen.tab.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    assert HOSTILE in seen.tab.locator("#story .text").nth(1).inner_text()
    assert HOSTILE in seen.tab.locator(".words").inner_text()
    assert seen.tab.evaluate("window.harmed") is None
    assert seen.tab.locator("iframe, main img").count() == 0
    assert seen.tab.evaluate("document.scripts.length") == 3
    assert seen.troubles == []


def test_a_private_task_shows_no_text(private, look):
    """Outcomes, verdicts and costs are there; the story says that texts are withheld."""
    seen = look(private / "page.html")
    seen.go("#q/0/sum-00002")
    seen.tab.wait_for_selector("#story .trial")
    told = seen.tab.locator("#story").inner_text()
    assert "kept private" in told
    assert "judge rejects (0.2): (withheld)" in told
    for secret in ("vermilion", "says", asked(2)):
        assert secret not in told


@pytest.mark.slow
def test_long_texts_are_unfolded_on_demand(tmp_path, built, look):
    """And what was left out of the file is said to be."""
    url = f"sqlite:///{tmp_path}/long.sqlite"
    plant(url, 2, say=lambda n, model: f"{model} {n} " + "long " * 400 + "end")
    seen = look(built(url, text_limit=1_000))
    seen.go("#q/0/sum-00000")
    seen.tab.wait_for_selector("#story .trial")
    more = seen.tab.locator("#story .more").first
    assert more.get_attribute("aria-expanded") == "false"
    more.dispatch_event("click")
    assert more.get_attribute("aria-expanded") == "true"
    assert "characters left out of this file" in seen.tab.locator("#story").inner_text()


@pytest.mark.parametrize("width", [360, 390, 768, 1280])
def test_no_width_needs_scrolling_sideways(look, page, width):
    """Tables scroll by themselves; words in drawings are never smaller than 10 pixels."""
    seen = look(page, viewport={"width": width, "height": 800})
    assert seen.tab.evaluate("document.documentElement.scrollWidth") <= width
    smallest = """() => Math.min(...[...document.querySelectorAll('.drawing svg')]
        .filter((svg) => svg.checkVisibility())
        .map((svg) => 11 * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width))"""
    assert seen.tab.evaluate(smallest) >= 10


@pytest.mark.slow
def test_everything_that_can_be_used_has_a_name(look, page):
    """Every link, button, field and drawing says what it is to those who do not see it."""
    seen = look(page)
    assert seen.tab.locator("svg[role=img]").count() >= 8
    for kind in ("img", "link", "button", "combobox", "searchbox", "region"):
        for each in seen.tab.get_by_role(kind).all():
            name = each.evaluate("(e) => e.getAttribute('aria-label') ?? (e.getAttribute('aria-labelledby') ?? '')"
                                 ".split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join(' ')"
                                 " + (e.labels?.[0]?.textContent ?? '') + (e.textContent ?? '')")  # fmt: skip
            assert name.strip()


def test_it_prints_light_and_without_the_explorer(look, page):
    """Also where the screen is dark; nothing is wider than the paper."""
    seen = look(page, color_scheme="dark", viewport={"width": 700, "height": 1000})
    seen.tab.emulate_media(media="print", color_scheme="dark")
    assert seen.tab.locator("#questions").is_hidden()
    assert seen.tab.evaluate("document.documentElement.scrollWidth") <= 700
    assert seen.tab.evaluate("getComputedStyle(document.body).color") == "rgb(30, 35, 41)"


def test_without_script_everything_but_the_questions_is_there(browser, page):
    """Figures, tables and words need none."""
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(page.as_uri())
    assert tab.locator(".drawing svg").first.is_visible()
    assert tab.locator("noscript p").is_visible()
    context.close()


@pytest.mark.slow
def test_five_thousand_questions_stay_usable(tmp_path, built, look):
    """All are listed, filtered and opened; the elements in the page stay few."""
    url = f"sqlite:///{tmp_path}/many.sqlite"
    plant(url, 5_000)
    seen = look(built(url))
    assert seen.tab.locator("#count").inner_text() == "5,000 of 5,000 questions"
    seen.tab.fill("[name=words]", "sum-04999")
    assert seen.tab.locator("#count").inner_text() == "1 of 5,000 questions"
    seen.tab.locator("#found a").click()
    seen.tab.wait_for_selector("#story .trial")
    assert asked(4999) in seen.tab.locator("#story").inner_text()
    assert seen.tab.evaluate("document.querySelectorAll('#questions *').length") < 1_000
    assert seen.troubles == []
