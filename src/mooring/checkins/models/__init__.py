from mooring.checkins.models.answers import Block, CheckIn, Conversation, Reading
from mooring.checkins.models.calibration import Calibration, CalibrationInForce
from mooring.checkins.models.learned import Learned
from mooring.checkins.models.plan import CheckInPlan, Draft, DueCheckIn
from mooring.checkins.models.series import Series

__all__ = [
    "Block",
    "Calibration",
    "CalibrationInForce",
    "CheckIn",
    "CheckInPlan",
    "Conversation",
    "Draft",
    "DueCheckIn",
    "Learned",
    "Reading",
    "Series",
]
