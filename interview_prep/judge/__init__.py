"""Judges one answer to one drill and returns a Verdict. Prints nothing and stores nothing.

It isn't a security sandbox: an answer runs as the person who wrote it, in a process of its own with limits. What a
hurried or cheating candidate would try is rejected by name; somebody who reads these files can get around them.

Data flows one way, through three processes. Read the modules in this order:

the kit's process
    client.py        JudgeClient: starts the judge server, sends it requests, restarts it when it is lost
    request.py       DrillSpec: what the server is told about a drill
    verdict.py       Verdict and CheckResult: what comes back
the server's process, warm, which never runs an answer
    __main__.py      its start, with pandas that does without pyarrow
    server.py        JudgeServer: answers requests, learns how known mistakes fail
    session.py       the pytest session that it keeps ready, with torch and the rest imported
    attempt.py       Attempt: a forked process for one answer, watched and killed
    messages.py      the lines in which that process reports, and the verdict built from them
the forked process, one for each answer
    child.py         child_main: what happens in it, in order
    warm_up.py       use what judging needs once, while nobody waits
    run_checks.py    collect the checks, install the guards, run the checks
    reporter.py      the pytest plugin that reports each check
    import_answer.py parse the answer, import it, bind it to the checks
    limits.py        memory, file size, time
    guard.py         audit hook: files, processes, network
    tripwires.py     forbidden calls, when they are reached
    source_rules.py  forbidden calls and cheating names, in the source; source_names.py resolves full names there
    tampering.py     what the answer replaced in the libraries
    diagnose.py      why a check failed: with call_source.py (the call), describe_inputs.py (what went into it) and
                     compare.py (where two values differ)
"""
