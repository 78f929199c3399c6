"""A practice session: which drill is open, what is shown of it, and what each key and each save does.

Left out: drawing and waiting, which commands.py does.
"""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rich.console import Group, RenderableType
from rich.text import Text

from interview_prep.catalog.drill import Drill
from interview_prep.errors import KitError
from interview_prep.judge.client import JudgeClient
from interview_prep.practice import actions, view, workspace
from interview_prep.practice.history import History
from interview_prep.practice.progress import find_next_unsolved, read_state, read_states
from interview_prep.terminal.view import render_frame, render_message

if TYPE_CHECKING:
    from interview_prep.judge.verdict import Verdict


class FileStamp(NamedTuple):
    """What changes with each save of a file."""

    modified: int  # nanoseconds
    size: int  # bytes
    inode: int


class PracticeSession:
    """The open drill and the body of the screen. Quitting, waiting for saves and drawing are its caller's."""

    def __init__(self, drills: list[Drill], first: Drill, judge: JudgeClient, history: History) -> None:
        self.drills, self.judge, self.history = drills, judge, history
        self.pending_key = ""  # the key that waits for a second press
        self.open_drill(first)

    def open_drill(self, drill: Drill) -> None:
        """Turn to a drill: its prompt at once, and the verdict next where there is an answer already."""
        self.drill, self.answer = drill, workspace.answer_path(drill)
        actions.start_drill(drill, self.history)
        self.judge.preload_drill(drill)
        is_untouched = workspace.read_answer(self.answer, "Who removed it?") == drill.start.read_bytes()
        self.judged_stamp = read_stamp(self.answer) if is_untouched else None
        self.body: RenderableType = view.render_task(drill)
        self.verdict: Verdict | None = None  # the last one on this drill
        self.answered = 0  # follow-up questions whose answers are shown

    def has_new_save(self) -> bool:
        """Whether the answer was saved since it was last judged; an empty file is a save that is half done."""
        stamp = read_stamp(self.answer)
        if stamp == self.judged_stamp or stamp is None or not stamp.size:
            return False
        self.judged_stamp = stamp
        return True

    def check_answer(self) -> None:
        """Judge the answer and show the verdict, or why there is none."""
        try:
            verdict, not_recorded = actions.judge_and_record(self.drill, self.answer, self.judge, self.history)
        except FileNotFoundError:  # between the two halves of an editor's save
            return
        except OSError as error:
            self.body = render_message(f"{self.answer} cannot be read: {error.strerror}.")
            return
        except KitError as error:
            self.body = render_message(str(error))
            return
        self.verdict = verdict
        parts = [view.render_verdict(verdict, self.answer)]
        if not_recorded:
            parts.append(Text(not_recorded, "bold"))
        if verdict.passed:
            parts.append(self.render_follow_ups())
        self.body = Group(*parts)

    def render(self) -> RenderableType:
        """The whole screen."""
        progress = view.render_progress(self.drills, read_states(self.history))
        return render_frame(self.drill, self.answer, progress, self.body)

    def handle_key(self, key: str) -> bool:
        """Do what a key says, or show why that cannot be done; return False for q, which ends the session."""
        if key == "q":
            return False
        is_second_press, self.pending_key = key == self.pending_key, ""
        try:
            self.act_on_key(key, confirmed=is_second_press)
        except KitError as error:
            self.body = render_message(str(error))
        return True

    def act_on_key(self, key: str, *, confirmed: bool) -> None:
        """Do what a key says; s and r, which cannot be undone, only when `confirmed`."""
        if key == "n":
            self.open_drill(find_next_unsolved(self.drills, self.history, after=self.drill))
        elif key == "p":
            self.body = view.render_task(self.drill)
        elif key == "l":
            self.body = view.render_catalog(self.drills, read_states(self.history))
        elif key == "h":
            self.show_next_hint()
        elif key == "v":
            self.show_snippet()
        elif key == "a":
            self.show_next_answer()
        elif key == "s":
            self.show_solution(confirmed=confirmed)
        elif key == "r":
            self.reset_answer(confirmed=confirmed)

    def show_next_hint(self) -> None:
        """Take one more hint and show those that were taken."""
        has_more = actions.take_hint(self.drill, self.history)
        hints = view.render_hints(self.drill, read_state(self.drill, self.history).hints)
        self.body = Group(hints, Text("h: one more" if has_more else "That was the last one."))

    def show_snippet(self) -> None:
        """Show the Python that repeats the first failure of the last verdict."""
        snippet = actions.repeat_by_hand(self.drill, self.verdict, self.answer) if self.verdict else ""
        self.body = view.render_snippet(snippet)

    def show_next_answer(self) -> None:
        """Show the follow-up questions with one more answer, where the drill is solved or given up."""
        if not read_state(self.drill, self.history).may_see_answers:
            self.body = render_message("The follow-ups and their answers open when you solve this drill, or give up.")
            return
        self.answered = min(self.answered + 1, len(self.drill.coach.follow_ups))
        self.body = self.render_follow_ups()

    def render_follow_ups(self) -> RenderableType:
        """The follow-up questions with the answers that were asked for so far, and which key comes next."""
        has_more = self.answered < len(self.drill.coach.follow_ups)
        advice = "a: the next answer   n: the next drill" if has_more else "Those were all. n: the next drill"
        return Group(view.render_follow_ups(self.drill, self.answered), Text(advice))

    def show_solution(self, *, confirmed: bool) -> None:
        """Show the solution where the drill is solved or given up; else ask whether to give up."""
        if actions.open_solution(self.drill, self.history, give_up=confirmed):
            self.body = Group(view.render_solution(self.drill), self.render_follow_ups())
        else:
            self.pending_key = "s"
            self.body = render_message("Give up, and see a solution? s again: yes. Any other key: no.")

    def reset_answer(self, *, confirmed: bool) -> None:
        """Archive the answer and put the start back, when `confirmed`; else ask."""
        if not confirmed:
            self.pending_key = "r"
            self.body = render_message("Archive this answer and start again? r again: yes. Any other key: no.")
            return
        archived = actions.start_again(self.drill, self.history)
        self.judged_stamp = read_stamp(self.answer)
        where = render_message(f"Your answer is saved as {view.short_path(archived)}." if archived else "")
        self.body = Group(where, view.render_task(self.drill))


def read_stamp(path: Path) -> FileStamp | None:
    """The stamp of a file, or None while there is no such file."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return FileStamp(status.st_mtime_ns, status.st_size, status.st_ino)
