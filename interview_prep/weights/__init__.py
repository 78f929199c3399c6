"""The pretrained weights in docker/locks/models.lock: find them in the Hub's cache, verify, fetch and relock them.

Left out: the small models that ship in ml/huggingface/, and choosing between the two, which each example does itself.
An image build runs image.py with only this folder and two small files of the kit, so only commands.py and view.py may
import anything else. Read in this order:

models_lock.py  which models, at which commit, which files with which bytes
cache.py        where these files are, and whether every byte is as locked
reach.py        whether a Hub answers at all
download.py     one file: download it, verify it, put it in place
fetch.py        fetch everything that is missing or damaged, several files at once
absent.py       the note in an image without weights, and the command that gets them
image.py        the step of an image build that fetches weights
relock.py       the newest commit of a model, as an entry of the lock; edit_lock.py writes it into the lock's text
listing.py      what is listed for each model; view.py shows it, commands.py is the task `invoke models`
"""
