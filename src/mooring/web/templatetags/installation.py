"""What a page may need to know about this installation."""

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def sends_mail() -> bool:
    """Whether mails leave this installation: without a mail server a page must not promise one."""
    return "dummy" not in settings.EMAIL_BACKEND


@register.simple_tag
def quick_exit() -> str:
    """Where “Quick exit” leads, for pages rendered without a request."""
    return str(settings.MOORING_QUICK_EXIT)
