"""Runs on the screen: prompts, links from errors to their lines, values, runs of other people."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser import wheelhouse
from tests.browser.conftest import Person
from tests.browser.room import RUN_TIMEOUT_MS, Room, add, from_launcher, join, tab
from tests.support import servers
from tests.support.servers import Server

NewPerson = Callable[..., Person]

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Arena alone."""
    with servers.arena(tmp_path_factory.mktemp("runs")) as running:
        yield running


def meet(server: Server, new_person: NewPerson, language: str) -> tuple[Room, Room]:
    """Two guests in one session; the first one starts the runs."""
    session = server.session(language=language)
    ana, ben = new_person("Ana"), new_person("Ben")
    return (
        join(ana.page, server.invite(session), "Ana"),
        join(ben.page, server.invite(session), "Ben"),
    )


def frame(room: Room) -> Locator:
    """The body of the frame that shows a value."""
    return room.output.frame_locator("iframe").locator("body")


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("python", "name = input('Who? ')\nprint('Hello', name)"),
        ("typescript", "const name: string | null = prompt('Who?')\nconsole.log('Hello', name)"),
    ],
)
def test_a_program_asks_its_author_and_everybody_sees_it(
    server: Server, new_person: NewPerson, language: str, code: str
) -> None:
    ana, ben = meet(server, new_person, language)
    ana.write(code)
    ana.run_button.click()
    answer = ana.output.get_by_role("textbox", name="Answer to: Who?")
    expect(answer).to_be_focused(timeout=RUN_TIMEOUT_MS)
    expect(ben.output).to_contain_text("Waiting for Ana to answer")
    expect(ben.output.get_by_role("textbox")).to_have_count(0)
    ana.page.keyboard.type("Ada")
    ana.page.keyboard.press("Enter")
    for room in (ana, ben):
        expect(room.output).to_contain_text("Who? Ada\nHello Ada", use_inner_text=True)
        expect(room.status).to_have_attribute("data-status", "ok")
    ben.page.reload()
    again = Room(ben.page).wait_until_editable()
    expect(again.output).to_contain_text("Who? Ada\nHello Ada", use_inner_text=True)


def test_answers_take_no_focus_away(server: Server, new_person: NewPerson) -> None:
    session = server.session(language="python")
    ana = join(new_person("Ana").page, server.invite(session), "Ana")
    code = "name = input('Who? ')\nage = input('Age? ')\nprint(name, age)"
    ana.write(code)
    ana.page.keyboard.press("ControlOrMeta+Enter")
    for question, answer in (("Who?", "Ada"), ("Age?", "36")):
        field = ana.output.get_by_role("textbox", name=f"Answer to: {question}")
        expect(field).to_be_focused(timeout=RUN_TIMEOUT_MS)
        ana.page.keyboard.type(answer)
        ana.page.keyboard.press("Enter")
    expect(ana.output).to_contain_text("Ada 36")
    expect(ana.code).to_be_focused()
    ana.page.keyboard.type("#")
    expect(ana.code).to_contain_text("print(name, age)#")
    assert ana.text() == f"{code}#"


def test_an_error_is_marked_and_leads_to_its_line(server: Server, new_person: NewPerson) -> None:
    ana, ben = meet(server, new_person, "python")
    ana.write("x = 1\n\nif x\nprint(x)")
    ana.run()
    for room in (ana, ben):
        expect(room.output).to_contain_text("SyntaxError: expected ':'")
        expect(room.panel.locator(".arena-error-line")).to_have_text("if x")
    ana.page.keyboard.press("ControlOrMeta+Home")
    ana.output.get_by_role("button", name="line 3").click()
    ana.page.keyboard.type(" == 1:")
    expect(ben.panel.locator(".cm-line").nth(2)).to_contain_text(" == 1:")
    for room in (ana, ben):
        expect(room.panel.locator(".arena-error-line")).to_have_count(0)


def test_a_place_leads_into_another_file(server: Server, new_person: NewPerson) -> None:
    ana, ben = meet(server, new_person, "python")
    add(ana, "helper.py")
    ana.write("x = 1\n\ndef f(n):\n    return n / 0")
    tab(ana, "main.py").press("F2")
    name = ana.panel.get_by_role("textbox", name="Name of the file")
    name.fill("solution.py")
    name.press("Enter")
    tab(ana, "solution.py").click()
    ana.write("import helper\n\nhelper.f(1)")
    ana.run()
    for room in (ana, ben):
        expect(room.output).to_contain_text('File "solution.py", line 3, in <module>')
        expect(room.output).to_contain_text('File "helper.py", line 4, in f')
    ben.output.get_by_role("button", name="line 4").click()
    expect(tab(ben, "helper.py")).to_have_attribute("aria-selected", "true")
    ben.page.keyboard.press("End")
    ben.page.keyboard.type(" + 1")
    expect(ben.panel.locator(".cm-line").nth(3)).to_have_text("    return n / 0 + 1")
    ben.output.get_by_role("button", name="line 3").click()
    expect(tab(ben, "solution.py")).to_have_attribute("aria-selected", "true")
    expect(ben.panel.locator(".cm-activeLine")).to_have_text("helper.f(1)")


def test_what_failed_is_underlined(server: Server, new_person: NewPerson) -> None:
    ana, ben = meet(server, new_person, "python")
    ana.write("def mean(n):\n    return 1 + (sum(n) / len(n))\n\nmean([])")
    ana.run()
    for room in (ana, ben):
        expect(room.panel.locator(".arena-error-line")).to_contain_text("return 1")
        marked = room.panel.locator(".arena-error-place")
        expect(marked.first).to_be_visible()
        assert "".join(marked.all_text_contents()) == "sum(n) / len(n)"


def test_markup_keeps_its_styles_and_nothing_else(server: Server, new_person: NewPerson) -> None:
    ana, _ = meet(server, new_person, "python")
    ana.write(
        "from IPython.display import HTML\n"
        'HTML(\'<style>#a { color: rgb(1, 2, 3) }</style><p id=a style="font-size: 31px">x'
        "<script>document.body.textContent = 1</script>')"
    )
    ana.run()
    paragraph = frame(ana).locator("#a")
    expect(paragraph).to_have_css("color", "rgb(1, 2, 3)")
    expect(paragraph).to_have_css("font-size", "31px")
    expect(paragraph).to_have_text("x")


VALUES = """from IPython.display import HTML, Latex, Markdown, SVG
display(Markdown('# Title\\n\\n- *one*'))
display(Latex('$x^2$'))
display(HTML('<b style="color: rgb(1, 2, 3)">bold</b>'))
SVG('<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"/>')
"""


def looks_as_in_a_notebook(room: Room) -> None:
    """Assert the display of `VALUES`."""
    frames = [room.output.frame_locator("iframe").nth(each) for each in range(4)]
    first, second, third, fourth = frames
    expect(first.get_by_role("heading", name="Title")).to_be_visible()
    expect(second.locator("math msup")).to_be_visible()
    expect(third.locator("b")).to_have_css("color", "rgb(1, 2, 3)")
    expect(fourth.locator("svg")).to_have_css("width", "40px")


def test_values_look_as_in_a_notebook(server: Server, new_person: NewPerson) -> None:
    ana, ben = meet(server, new_person, "python")
    ana.write(VALUES)
    ana.run()
    for room in (ana, ben):
        looks_as_in_a_notebook(room)


def test_values_look_the_same_in_jupyterlab(jupyter_server: Server, new_person: NewPerson) -> None:
    page = new_person("Ada").page
    page.goto(jupyter_server.lab_url)
    room = from_launcher(page)
    room.choose("Python")
    room.write(VALUES)
    room.run()
    looks_as_in_a_notebook(room)


def test_the_height_of_markup_can_be_changed(server: Server, new_person: NewPerson) -> None:
    session = server.session(language="python")
    ana = join(new_person("Ana").page, server.invite(session), "Ana")
    ana.write("from IPython.display import HTML\nHTML('<p>x</p>')")
    ana.run()
    edge = ana.output.get_by_role("separator", name="Height of this output")
    markup = ana.output.locator("iframe")

    def height() -> float:
        box = markup.bounding_box()
        assert box is not None
        return box["height"]

    first = height()
    edge.press("ArrowDown")
    assert height() == first + 24
    edge.press("ArrowUp")
    assert height() == first
    edge.scroll_into_view_if_needed()
    box = edge.bounding_box()
    assert box is not None
    x, y = box["x"] + 20, box["y"] + 4
    ana.page.mouse.move(x, y)
    ana.page.mouse.down()
    ana.page.mouse.move(x, y + 60)
    # Back over the frame, which must not capture the pointer.
    ana.page.mouse.move(x, y - 20)
    ana.page.mouse.move(x, y + 40)
    ana.page.mouse.up()
    ana.page.mouse.move(x, y)
    assert height() == first + 40
    expect(edge).to_have_attribute("aria-valuenow", str(int(first + 40)))


def test_sql_answers_with_a_table(server: Server, new_person: NewPerson) -> None:
    ana, ben = meet(server, new_person, "sql")
    ana.write("SELECT 9007199254740993 AS whole, 3.0 AS real, NULL AS missing")
    expect(ana.run()).to_contain_text("1 row")
    for room in (ana, ben):
        expect(room.output.get_by_role("columnheader")).to_have_text(["whole", "real", "missing"])
        expect(room.output.get_by_role("cell")).to_have_text(["9007199254740993", "3.0", "NULL"])
    ana.page.reload()  # The run is now read from the log.
    expect(ana.output.get_by_role("cell")).to_have_text(["9007199254740993", "3.0", "NULL"])


def test_what_somebody_ran_can_be_run_here(server: Server, new_person: NewPerson) -> None:
    ana, ben = meet(server, new_person, "javascript")
    ana.write("console.log('first')")
    ana.run()
    expect(ben.panel).to_contain_text("Ran in Ana’s browser")
    ana.write("console.log('changed')")
    expect(ben.code).to_contain_text("changed")
    ben.panel.get_by_role("button", name="Run it again in mine").click()
    expect(ana.panel).to_contain_text("Ran in Ben’s browser", timeout=RUN_TIMEOUT_MS)
    for room in (ana, ben):
        expect(room.output).to_have_text(re.compile("^first\n?$"))


def test_what_runs_again_is_what_ran_with_all_its_files(
    server: Server, new_person: NewPerson
) -> None:
    ana, ben = meet(server, new_person, "python")
    add(ana, "helper.py")
    ana.write("said = 'first'")
    tab(ana, "main.py").click()
    ana.write("import helper\nprint(helper.said, __file__)")
    expect(ana.run()).to_contain_text("first main.py")
    tab(ana, "main.py").press("F2")
    name = ana.panel.get_by_role("textbox", name="Name of the file")
    name.fill("solution.py")
    name.press("Enter")
    tab(ana, "helper.py").click()
    ana.write("said = 'changed'")
    expect(ana.saved).to_have_text("Saved")
    # Also for a later joiner.
    ben.page.reload()
    ben = Room(ben.page).wait_until_editable()
    ben.panel.get_by_role("button", name="Run it again in mine").click()
    expect(ana.panel).to_contain_text("Ran in Ben’s browser", timeout=RUN_TIMEOUT_MS)
    for room in (ana, ben):
        expect(room.output).to_have_text(re.compile("^first main.py\n?$"))


def test_state_is_kept_only_where_somebody_says_so(server: Server, new_person: NewPerson) -> None:
    ana, _ = meet(server, new_person, "javascript")
    ana.panel.get_by_text("My runs: each starts afresh").click()
    ana.panel.get_by_role("checkbox", name="Keep state").check()
    ana.write("let n = 41")
    ana.run()
    ana.write("console.log(n + 1)")
    expect(ana.run()).to_contain_text("42")
    ana.panel.get_by_role("checkbox", name="Keep state").uncheck()
    expect(ana.run()).to_contain_text("n is not defined")


def test_input_can_be_given_beforehand(server: Server, new_person: NewPerson) -> None:
    session = server.session(language="python")
    ana = new_person("Ana")
    ana.page.add_init_script("delete WebAssembly.Suspending")
    room = join(ana.page, server.invite(session), "Ana")
    expect(room.panel).to_contain_text("cannot ask while a program runs")
    room.panel.get_by_role("textbox", name="Input").fill("Ada")
    room.write("print('Hello', input('Who? '))")
    expect(room.run()).to_contain_text("Who? Ada\nHello Ada", use_inner_text=True)


def test_packages_come_from_another_origin(
    tmp_path: Path, new_person: NewPerson, subtests: pytest.Subtests
) -> None:
    for each in ("mirror", "guests", "lab"):
        (tmp_path / each).mkdir()
    code = "import msgpack, tabulate\nprint(tabulate.tabulate([[msgpack.unpackb(b'\\x2a')]]))"
    with wheelhouse.mirror(tmp_path / "mirror", "msgpack-", "tabulate-") as url:
        setting = f"--ArenaApp.pyodide_packages_url={url}"
        with subtests.test("guest"), servers.arena(tmp_path / "guests", setting) as server:
            ana = new_person("Ana")
            room = join(ana.page, server.invite(server.session(language="python")), "Ana")
            room.write(code)
            expect(room.run()).to_contain_text("--\n42\n--", use_inner_text=True)
            assert not any("Content Security Policy" in said for said in ana.console)
        with subtests.test("JupyterLab"), servers.jupyterlab(tmp_path / "lab", setting) as server:
            page = new_person("Ada").page
            page.goto(server.lab_url)
            room = from_launcher(page)
            room.choose("Python")
            room.write(code)
            expect(room.run()).to_contain_text("--\n42\n--", use_inner_text=True)


def test_a_source_of_packages_that_is_down_is_named(tmp_path: Path, new_person: NewPerson) -> None:
    elsewhere = f"http://127.0.0.1:{servers.free_port()}/packages"
    with servers.arena(tmp_path, f"--ArenaApp.pyodide_packages_url={elsewhere}") as server:
        ana = new_person("Ana")
        asked: list[str] = []
        ana.page.on("request", lambda request: asked.append(request.url))
        room = join(ana.page, server.invite(server.session(language="python")), "Ana")
        room.write("import numpy")
        expect(room.run()).to_contain_text(f"could not be reached: {elsewhere}/pyodide-lock.json")
        assert [url for url in asked if elsewhere in url] == [f"{elsewhere}/pyodide-lock.json"]
        assert not any("Content Security Policy" in said for said in ana.console)
