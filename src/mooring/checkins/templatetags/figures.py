"""A figure's shape beside its name, the same as in the pictures."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from mooring.charts import shapes

register = template.Library()


@register.simple_tag
def figure_shape(kind: str) -> SafeString:
    """The shape, hidden from screen readers; nothing for kinds without one (“myself”)."""
    if kind not in shapes.FIGURES:
        return mark_safe("")
    return mark_safe(shapes.icon(kind))  # noqa: S308 - our own outline, no words in it
