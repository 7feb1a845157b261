"""Which clinic is meant where a command does not name one."""

import pytest

from mooring.people.founding import the_only_clinic
from mooring.people.models import Clinic

pytestmark = pytest.mark.django_db


def test_no_clinic_one_clinic_and_several_are_told_apart() -> None:
    with pytest.raises(LookupError, match="There is no clinic here yet: `mooring clinic new`"):
        the_only_clinic()
    one = Clinic.objects.create(name="Quayside Practice", zone="Europe/Berlin")
    assert the_only_clinic() == one
    Clinic.objects.create(name="Harbour Practice", zone="Europe/Berlin")
    with pytest.raises(LookupError, match="Say which clinic: --clinic UUID"):
        the_only_clinic()
