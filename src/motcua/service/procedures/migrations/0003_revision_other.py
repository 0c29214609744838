"""Keep whatever the source says that has no column of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("procedures", "0002_keep_published_revisions")]
    operations = [
        migrations.AddField(
            model_name="revision",
            name="other",
            field=models.JSONField(blank=True, default=dict, verbose_name="thông tin khác của nguồn"),
        ),
    ]
