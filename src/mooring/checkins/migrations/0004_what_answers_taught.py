import django.db.models.deletion
from django.db import migrations, models

from mooring.privacy.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("checkins", "0003_own_measures"),
        ("instruments", "0001_first"),
        ("people", "0002_operating_point_of_a_clinic"),
    ]

    operations = [
        migrations.CreateModel(
            name="Learned",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField(help_text="Within the clinic, from 1.")),
                (
                    "what",
                    models.CharField(
                        choices=[("movement", "movement"), ("expected course", "expected course")], max_length=20
                    ),
                ),
                ("scale", models.CharField(max_length=60)),
                ("figure_kind", models.CharField(help_text="Empty for a scale that is about nobody.", max_length=12)),
                ("content", models.TextField(help_text="Canonical JSON, see checkins.learned; empty: taken back.")),
                ("digest", models.CharField(help_text="SHA-256 of the content; empty with it.", max_length=64)),
                ("persons", models.PositiveIntegerField()),
                ("occasions", models.PositiveIntegerField(help_text="Answered ones of these persons.")),
                ("science_version", models.CharField(max_length=80)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.UUIDField(help_text="User by UUID; null is a command.", null=True)),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="people.clinic")),
                (
                    "instrument_version",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="instruments.instrumentversion"),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("clinic", "number"), name="learned_number_once")],
            },
        ),
        append_only("checkins_learned"),
    ]
