"""`invoke doctor`, `invoke build` and `invoke up`."""

from invoke.exceptions import Exit

from interview_prep import paths
from interview_prep.console import Printer
from interview_prep.lab import launch
from interview_prep.machine import checks, compose, docker, view
from interview_prep.streams import flush_streams


def run_doctor(*, json: bool) -> None:
    """Print the checks; raises Exit(1) if one of them found a problem."""
    printer, findings = Printer(json=json), checks.run_checks()
    ready = not any(finding.blocking for finding in findings)
    printer.print_view(view.render_checks(findings, ready=ready))
    printer.print_json({"version": 2, "ready": ready, "checks": [view.as_document(each) for each in findings]})
    if not ready:
        raise Exit(code=1)


def build_image(*, cuda: bool) -> None:
    """Build one image; raises Exit(1) if the build fails.

    The last line says which weights the image lacks: Docker folds away what its steps printed.
    """
    docker.check_docker()
    claim_project()
    service = docker.service_name(cuda=cuda)
    if not docker.build_service(service):
        raise Exit(
            "The build failed; its last lines say where. Mirrors, proxies, certificates: docs/images.md.", code=1
        )
    if note := docker.read_weights_note(service):
        Printer().print_line(note)


def start_service(*, cuda: bool, port: str, detach: bool) -> None:
    """Become `docker compose up` for one service on one port; raises Exit(2) if something else has the port."""
    docker.check_docker()
    if cuda:
        docker.check_nvidia()
    claim_project()
    service, number = docker.service_name(cuda=cuda), paths.read_port(port) if port else compose.read_port()
    if launch.is_port_in_use(number) and not docker.is_running(service):
        raise Exit(f"Port {number} is in use. `invoke up --port {launch.next_port(number)}`.", code=2)
    docker.become_compose_up(service, number, detach=detach)


def claim_project() -> None:
    """Say so if this checkout needs another Compose project name because another checkout has its name."""
    if sentence := compose.claim_project():
        Printer().print_line(sentence)
        flush_streams()
