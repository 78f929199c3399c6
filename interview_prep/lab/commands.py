"""`invoke lab`: print one URL to click, then become JupyterLab."""

from invoke.exceptions import Exit

from interview_prep import paths
from interview_prep.console import Printer
from interview_prep.lab import launch
from interview_prep.streams import flush_streams
from interview_prep.weights import absent


def start_lab(port: str) -> None:
    """Print the URL and become Lab on the port of the option, or PREP_PORT. Raises Exit(2) when the port is taken."""
    number = paths.read_port(port)
    listen, token = launch.listening_port(number), launch.read_token()
    url, listener = launch.lab_url(number, token), launch.find_listener(listen)
    if listener == "this checkout's Lab":
        raise Exit(f"This checkout's Lab already runs: {url}", code=2)
    if listener != "nobody":
        raise Exit(f"Port {listen} is in use by {listener}. `invoke lab --port {launch.next_port(listen)}`.", code=2)
    printer = Printer()
    if note := absent.read_note():
        printer.print_line(note)
    printer.print_line(f"JupyterLab: {url}")
    flush_streams()
    launch.become_server(listen, token)
