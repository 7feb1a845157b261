"""How django-allauth behaves here: nobody signs up unasked, and second-factor secrets are sealed."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from mooring.privacy.keyring import SITE, keyring


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts begin with an invitation (mooring.people.joining), never with a form anybody can open."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Seals TOTP secrets and recovery seeds with the site's key, which is not in the database."""

    def encrypt(self, text: str) -> str:
        return keyring().cipher_for_writing(SITE).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return keyring().cipher(SITE).decrypt(encrypted_text.encode()).decode()
