"""What the README says of the material: the commands under "How to run" and the scripts among them."""

from interview_prep.paths import ROOT

README = (ROOT / "README.md").read_text()
PROMISED = """\
python interview_prep/ml/pytorch/tensors_autograd.py
python interview_prep/ml/pytorch/model_training_loop.py
python interview_prep/ml/huggingface/pipelines_and_inference.py
python interview_prep/ml/visualization/matplotlib_quick_patterns.py
pytest interview_prep/ml/ -v
pytest interview_prep/ml/pytorch/test_training_loop.py -v
pytest interview_prep/ml/huggingface/test_hf_pipeline.py -v
pytest interview_prep/ml/testing/pytest_examples.py -v
""".splitlines()  # by the description of the kit
COMMANDS = README.partition("## How to run")[2].partition("```bash\n")[2].partition("```")[0].splitlines()
SCRIPTS = [command.split()[1] for command in COMMANDS if command.startswith("python ")]
