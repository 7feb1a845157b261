"""How django-allauth behaves here: nobody signs up unasked, and second-factor secrets are sealed."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from mooring.privacy.keyring import SITE, keyring


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts begin with an invitation (mooring.people.joining), never with a form anybody can open."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("This address and password do not belong together. Please try again."),
        "too_many_login_attempts": _("Too many tries. Please wait a few minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Seals TOTP secrets and recovery seeds with the site's key, which is not in the database."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code does not fit. Codes change every half minute: please try the newest one."),
    }

    def encrypt(self, text: str) -> str:
        return keyring().cipher_for_writing(SITE).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return keyring().cipher(SITE).decrypt(encrypted_text.encode()).decode()
