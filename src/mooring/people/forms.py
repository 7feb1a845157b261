"""What a visitor with an invitation tells us."""

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from mooring.kit.dates import zone


class JoinForm(forms.Form):
    """A name, a password, and consent where it is a client who joins."""

    name = forms.CharField(
        label=_("What should we call you?"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
        error_messages={"required": _("Please tell us what to call you.")},
    )
    password = forms.CharField(
        label=_("Choose a password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least ten characters. A short sentence works well."),
    )
    zone = forms.CharField(widget=forms.HiddenInput, required=False, initial="UTC")
    consent = forms.BooleanField(
        label=_("I agree that my answers are kept here and read by my therapist. I can withdraw this at any time."),
        error_messages={"required": _("Without your agreement no answers can be kept here, so you cannot join yet.")},
    )

    def __init__(self, *args: object, for_client: bool, has_account: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.has_account = has_account
        if not for_client:
            del self.fields["consent"]
        if has_account:
            self.fields["password"].label = _("The password of the account you have")
            self.fields["password"].help_text = ""

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.has_account:
            validate_password(password)
        return password

    def clean_zone(self) -> str:
        name: str = self.cleaned_data["zone"] or "UTC"
        try:
            zone(name)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        return name
