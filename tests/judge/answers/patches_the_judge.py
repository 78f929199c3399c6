# expect: rejected: It replaces Reporter\.build_check_result\.
import torch
import sys
sys.modules['interview_prep.judge.run_checks'].Reporter.build_check_result = None

def double(x):
    return x
