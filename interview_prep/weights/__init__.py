"""The pretrained weights of docker/locks/models.lock: found in the Hub's cache, verified, fetched, locked anew.

Left out: the small models that ship in ml/huggingface/, and choosing between the two, which an example does for itself.
An image build runs image.py with this folder and two small files of the kit, so nothing else may be imported besides
commands.py and view.py. Read in this order:

models_lock.py  which models, at which commit, which files with which bytes
cache.py        where these files lie, and whether each byte is the locked one
reach.py        does a Hub answer at all
download.py     one file: downloaded, verified, put in its place
fetch.py        everything that is missing or damaged, several files at once
absent.py       the note in an image without weights, and the command that brings them
image.py        the step of an image build that fetches weights
relock.py       the newest commit of a model, as an entry of the lock; edit_lock.py writes it into the lock's text
listing.py      what is listed of each model; view.py shows it, commands.py is the task `invoke models`
"""
