"""The machine's side: what is installed, what runs here, how fast."""

from interview_prep.paths import ROOT as ROOT
