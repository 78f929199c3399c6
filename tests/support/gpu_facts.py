"""Facts about one GPU that works, for tests to change. Left out: recorded output of nvidia-smi, in test_gather.py."""

from interview_prep.gpu.facts import Facts, SmiGpu, TorchGpu

GIB = 2**30
L4 = TorchGpu("NVIDIA L4", (8, 9), 23 * GIB, 22 * GIB, 58, uuid="aa", clock=2.04e9)
BOARD = SmiGpu("NVIDIA L4", "GPU-aa", 23 * GIB, 22 * GIB, temperature=45, power_limit=72, default_power_limit=72)
WHEEL = ("sm_75", "sm_80", "sm_86", "sm_90", "sm_100", "sm_120")  # read from the torch of the CUDA image
READY = Facts(
    "2.13.0+cu130",
    cuda_build="13.0",
    architectures=WHEEL,
    driver="580.65.06",
    device_files=("/dev/nvidia0",),
    driver_library=True,
    cuda_driver=(13, 0),
    boards=(BOARD,),
    devices=(L4,),
)
