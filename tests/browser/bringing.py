"""Walks the pages that bring a measure, as a person would."""

from typing import Any

from tests.catalogue.forms import made_up

# The steps in their order, and what each needs before it is left.
STEPS = ("file", "measure", "items", "licence", "wording", "examples", "publish")


def go_on(page: Any) -> None:
    page.locator("main .pebble").click()
    page.wait_for_load_state("load")


def bring(page: Any, name: str) -> None:
    """Upload the made-up measure in one of its formats."""
    file, data = made_up.FILES[name]
    page.goto("/measures/add/")
    page.get_by_label("The questionnaire’s file").set_input_files(
        files=[{"name": file, "mimeType": "application/octet-stream", "buffer": data}]
    )
    go_on(page)


def say_what_it_is(page: Any, key: str) -> None:
    if page.get_by_label("I have seen what is left out").count():
        page.get_by_label("I have seen what is left out").check()
    page.get_by_label("Short name").fill(key)
    page.get_by_label("By scales that I describe").check()
    go_on(page)


def say_how_it_is_scored(page: Any) -> None:
    page.get_by_label("Name of scale 1").fill("Calm")
    page.get_by_label("On it", exact=True).first.select_option("better")
    go_on(page)


def attest(page: Any) -> None:
    page.get_by_label("Whose questionnaire is it").fill("Our own work.")
    page.get_by_label("I attest for").check()
    go_on(page)


def mark(page: Any, turned: tuple[str, ...] = made_up.TURNED) -> None:
    for code, text in zip(made_up.CODES, made_up.TEXTS, strict=True):
        page.get_by_label(f"the other way round: {text}").set_checked(code in turned)
    page.get_by_label("No, none of them").check()
    go_on(page)


def work_out(page: Any, score: str = "2") -> None:
    page.get_by_label("Your score of Calm").fill(score)
    go_on(page)


def walk(page: Any, name: str, key: str, until: str = "publish") -> None:
    """From the file to that step's page."""
    acts = (
        lambda: bring(page, name),
        lambda: say_what_it_is(page, key),
        lambda: say_how_it_is_scored(page),
        lambda: attest(page),
        lambda: mark(page),
        lambda: work_out(page),
    )
    for act in acts[: STEPS.index(until)]:
        act()


def walk_by_key(page: Any, _: str, key: str) -> None:
    """The same for a form of a key's items, in words of our own, to the last page."""
    rows = "".join(f"{n},Made up statement number {n}.,0,3,a|b|c|d\n" for n in range(1, 8))
    file = {"name": "seven.csv", "mimeType": "text/csv", "buffer": f"number,text,min,max,labels\n{rows}".encode()}
    page.goto("/measures/add/")
    page.get_by_label("The questionnaire’s file").set_input_files(files=[file])
    go_on(page)
    page.get_by_label("Short name").fill(key)
    page.get_by_label("By a published measure").check()
    page.get_by_label("Which published measure is it?").select_option("gad-7")
    go_on(page)
    page.get_by_label("With what did you compare the order?").fill("The sheet of our clinic.")
    go_on(page)
    attest(page)
    page.get_by_label("No, none of them").check()
    go_on(page)
    page.get_by_label("I have looked at these cases").check()
    go_on(page)
