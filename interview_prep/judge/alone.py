"""The process of one verdict where there is no fork: an interpreter of its own that begins a session and spends it."""

import sys

from interview_prep.judge import attempt, session

if __name__ == "__main__":
    order, report, printed = map(int, sys.argv[1:])
    session.begin_session(lambda begun: attempt.child_main(begun, order, report, printed))
