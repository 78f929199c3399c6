"""The practice as one screen with single keys and a verdict on every save. It draws and forwards, and decides nothing.

Left out: editing, which is an editor's, and what the keys do to answers and history (practice/actions.py). Read in this
order:

- practice_session.py: which drill is open, what is shown, what each key does
- view.py: the frame around it
- keyboard.py: a terminal that hands over single keys, and Ctrl-Z
- commands.py: the task practice, and its loop
"""
