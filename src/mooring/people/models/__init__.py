from mooring.people.models.clinic import Clinic, Invitation, Membership
from mooring.people.models.course import CareRelation, Client, Course, Participation
from mooring.people.models.user import User

__all__ = [
    "CareRelation",
    "Client",
    "Clinic",
    "Course",
    "Invitation",
    "Membership",
    "Participation",
    "User",
]
