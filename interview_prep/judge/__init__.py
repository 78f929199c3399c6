"""One answer, one drill, one verdict. Prints nothing and stores nothing.

Data flows one way: drill.read -> Worker.judge -> Service.judge in the warm process -> Attempt.judge -> examine in its
fork, by pytest on the drill's checks -> Verdict.

It is no sandbox against a hostile author: an answer runs as its author, with limits and in a process of its own, and
what a hurried or a cheating candidate tries is refused by name. Somebody who reads these files can get around them.
"""
