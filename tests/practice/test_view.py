"""What is shown of drills, hints and verdicts, as text of at most 80 columns."""

from dataclasses import replace
from pathlib import Path

from rich.console import Console, Group, RenderableType

from interview_prep.catalog.drill import Drill
from interview_prep.judge.verdict import CheckResult, Verdict
from interview_prep.paths import ROOT
from interview_prep.practice import view
from interview_prep.practice.progress import State
from tests.support.drills import DOUBLE

HOLDING_EDGE = CheckResult("test_dtype", "Keeps float64.", passed=True, edge=True)
FAILED_EDGE = CheckResult("test_half[1]", "Keeps float16.", passed=False, edge=True)
HOLDS = CheckResult("test_rows[2]", "Each row sums to one.", passed=True, parameters="n=2")
FAILS = CheckResult(
    "test_rows[3]",
    "Each row sums to one.",
    passed=False,
    parameters="n=3",
    call="softmax(x)",
    got="0.5",
    expected="1.0",
    difference="differs by 0.5",
)
ANSWER = Path("/work/softmax.py")


def draw(renderable: RenderableType) -> str:
    """The text of a view on a terminal of 80 columns without colors."""
    console = Console(width=80, color_system=None)
    with console.capture() as drawn:
        console.print(renderable)
    lines = [line.rstrip() for line in drawn.get().splitlines()]
    assert max(map(len, lines)) <= 80
    return "\n".join(lines)


def test_task_says_what_comes_first_and_who_asked_it() -> None:
    """Below the topic, the level and the minutes; nothing where it is unknown."""
    head = ["Doubling", "golden · level 1 of 3 · 1 min"]
    drill = Drill(DOUBLE.folder, "Doubling", "golden", 1, 1, (), ())
    assert draw(view.render_task(drill)).splitlines()[:3] == [*head, ""]
    drill = replace(drill, after=("single", "half"), reported=("A bank, phone screen, 2025", "An airline, 2026"))
    assert draw(view.render_task(drill)).splitlines()[:5] == [
        *head,
        "Builds on single, half",
        "Reported: A bank, phone screen, 2025; An airline, 2026",
        "",
    ]
    listed = draw(view.render_catalog([drill], {"double": State(solved=True)})).splitlines()[0].split()
    assert listed == ["golden", "double", "*", "1", "min", "solved", "reported"]


def test_passed_verdict_is_one_line() -> None:
    """Where everything holds: how many checks that are, and how long it took."""
    verdict = Verdict("softmax", passed=True, complete=True, checks=(HOLDS, HOLDING_EDGE), seconds=0.0123)
    assert draw(view.render_verdict(verdict, ANSWER)) == "✓ complete  2 of 2 checks hold  12 ms\n"


def test_passed_verdict_says_what_a_strict_reviewer_would() -> None:
    """Both tiers are counted; the first failed edge is shown in full, the others by their sentences."""
    checks = (HOLDS, HOLDING_EDGE, replace(FAILS, edge=True), replace(FAILED_EDGE, description="Keeps -inf."))
    assert draw(view.render_verdict(Verdict("softmax", passed=True, checks=checks), ANSWER)).splitlines() == [
        "✓ would pass the round  core 1 of 1, edges 1 of 3  0 ms",
        "",
        "A strict reviewer would point out:",
        "Each row sums to one.  [n=3]",
        "  call      softmax(x)",
        "  got       0.5",
        "  expected  1.0",
        "            differs by 0.5",
        "            The same check holds with n=2.",
        "",
        "Also:",
        "  Keeps -inf.",
    ]


def test_edges_are_named_below_all_failed_core_checks() -> None:
    """What decides comes first."""
    other = CheckResult("test_shape[1]", "Keeps the shape.", passed=False)
    verdict = Verdict("softmax", passed=False, checks=(HOLDS, FAILS, other, HOLDING_EDGE, FAILED_EDGE))
    lines = draw(view.render_verdict(verdict, ANSWER)).splitlines()
    assert lines[0] == "✗ not yet  core 1 of 3, edges 1 of 2  0 ms"
    assert lines[2] == "Each row sums to one.  [n=3]"
    assert lines[-4:] == ["Also:", "  Keeps the shape.", "A strict reviewer would add:", "  Keeps float16."]


def test_death_in_an_edge_says_so_below_the_pass() -> None:
    """The edges aren't counted, because not all of them have run."""
    reason = "It takes more than 10 s in test_long."
    verdict = Verdict("softmax", passed=True, checks=(HOLDS, HOLDING_EDGE), reason=reason)
    assert draw(view.render_verdict(verdict, ANSWER)).splitlines() == [
        "✓ would pass the round  core 1 of 1  0 ms",
        "",
        "A strict reviewer would point out:",
        reason,
    ]


def test_failed_verdict_shows_the_first_failure_in_full() -> None:
    """Call, got, expected, difference, with which parameters the check holds, the known mistake and the others."""
    other = CheckResult("test_shape[3]", "Keeps the shape.", passed=False)
    verdict = Verdict("softmax", passed=False, checks=(HOLDS, FAILS, other), known_mistake="Sum over rows.")
    assert draw(view.render_verdict(verdict, ANSWER)).splitlines() == [
        "✗ not yet  1 of 3 checks hold  0 ms",
        "",
        "Each row sums to one.  [n=3]",
        "  call      softmax(x)",
        "  got       0.5",
        "  expected  1.0",
        "            differs by 0.5",
        "            The same check holds with n=2.",
        "",
        "It may be this: Sum over rows.",
        "",
        "Also:",
        "  Keeps the shape.",
    ]


def test_reason_names_the_line_of_the_answer() -> None:
    """Where no check could run there is a sentence instead of checks."""
    verdict = Verdict("softmax", passed=False, reason="Not valid Python: invalid syntax.", line=3)
    assert "Not valid Python: invalid syntax. (softmax.py, line 3)" in draw(view.render_verdict(verdict, ANSWER))


def test_only_the_last_printed_lines_are_shown() -> None:
    """Six lines of what the answer printed."""
    printed = "\n".join(f"line {number}" for number in range(10))
    shown = draw(view.render_verdict(Verdict("softmax", passed=False, checks=(FAILS,), printed=printed), ANSWER))
    assert shown.split("Printed:\n")[1].rstrip("\n") == "\n".join(f"  line {number}" for number in range(4, 10))


def test_many_other_failures_are_counted() -> None:
    """Five sentences, then a number; two checks of one sentence are one."""
    others = [CheckResult(f"test_{n}", f"Sentence {n}.", passed=False) for n in (1, 1, 2, 3, 4, 5, 6, 7)]
    verdict = Verdict("softmax", passed=False, checks=(CheckResult("test_0", "The first.", passed=False), *others))
    lines = draw(Group(*view.render_other_failures(verdict))).splitlines()
    assert lines == ["Also:", *(f"  Sentence {number}." for number in range(1, 6)), "  and 2 more"]


def test_catalog_names_each_topic_once_and_how_far_the_person_is(drill: Drill) -> None:
    """A line for each drill, then the bar."""
    other = replace(drill, folder=Path("attention/rope"), level=3, minutes=25)
    lines = draw(view.render_catalog([drill, other], {"rope": State(started_at=1, solved=True)})).splitlines()
    assert lines[0].split() == ["attention", "causal_mask", "*" * drill.level, str(drill.minutes), "min"]
    assert lines[1].split() == ["rope", "***", "25", "min", "solved"]
    assert lines[-1].endswith("1 of 2 solved")


def test_task_shows_level_minutes_and_what_is_not_allowed(drill: Drill) -> None:
    """Above and below the prompt's text."""
    shown = draw(view.render_task(replace(drill, forbids=("torch.triu", "torch.tril"))))
    head = f"{drill.title}\nattention · level {drill.level} of 3 · {drill.minutes} min\n"
    assert shown.startswith(head)
    assert shown.rstrip().endswith("Not allowed: torch.triu, torch.tril")
    assert "Not allowed" not in draw(view.render_task(replace(drill, forbids=())))


def test_hints_are_numbered_and_no_later_one_is_shown(drill: Drill) -> None:
    """Two of three."""
    shown = draw(view.render_hints(drill, 2))
    assert "Hint 1 of 3" in shown
    assert "Hint 2 of 3" in shown
    assert "Hint 3 of 3" not in shown


def test_solution_is_the_file(drill: Drill) -> None:
    """Each of its words, in order."""
    assert draw(view.render_solution(drill)).split() == ["A", "solution", *drill.solution.read_text().split()]


def test_follow_ups_begin_with_what_to_say(drill: Drill) -> None:
    """Then the questions, with as many answers as were asked for."""
    shown = draw(view.render_follow_ups(drill))
    assert shown.startswith("Say aloud\n")
    assert shown.index("Say aloud") < shown.index("Follow-ups")
    shown = draw(view.render_follow_ups(DOUBLE))
    assert shown.split("Follow-ups")[1].split() == ["1", "How", "about", "x", "*", "2?", "2", "And", "a", "list?"]
    first, both = (draw(view.render_follow_ups(DOUBLE, answered)) for answered in (1, 2))
    assert ("The same." in first, "It is repeated." in first) == (True, False)
    assert "It is repeated." in both


def test_path_is_short_in_the_checkout_and_a_link() -> None:
    """Outside of the checkout it is absolute."""
    assert view.short_path(ROOT / "work" / "rope.py") == "work/rope.py"
    assert view.short_path(ANSWER) == "/work/softmax.py"
    assert f"link {ANSWER.as_uri()}" in str(view.link_path(ANSWER).style)
