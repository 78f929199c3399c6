"""The kit's own settings, where a person has made some, are not the tests'."""

from tests.support.surroundings import forget

forget("PREP_PORT", "PREP_WORK")
