"""A request on a phone says itself whose key it asks, so that it need not be an officer's."""

import django.db.models.deletion
from django.db import migrations, models


def name_keys(apps, schema_editor):
    requests = apps.get_model("signing", "RemoteSignature").objects.select_related("identity")
    for one in requests.defer("prepared").iterator():
        one.credential, one.certificate = one.identity.key_name, one.identity.certificate
        one.chain = one.identity.chain
        one.save(update_fields=["credential", "certificate", "chain"])


class Migration(migrations.Migration):
    dependencies = [("signing", "0002_add_remote_signatures")]

    operations = [
        migrations.AddField(
            "remotesignature", "provider", models.CharField("nhà cung cấp", max_length=40, blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            "remotesignature", "credential",
            models.CharField("mã chứng thư ở nhà cung cấp", max_length=200, default=""), preserve_default=False,
        ),
        migrations.AddField(
            "remotesignature", "certificate", models.TextField("chứng thư số (PEM)", default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            "remotesignature", "chain", models.TextField("chứng thư của nơi cấp (PEM)", blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            "remotesignature", "said", models.CharField("đã báo người ký", max_length=500, blank=True, default=""),
            preserve_default=False,
        ),
        migrations.RunPython(name_keys, migrations.RunPython.noop),
        migrations.AlterField(
            "remotesignature", "identity",
            models.ForeignKey(
                to="signing.signingidentity", on_delete=django.db.models.deletion.PROTECT, null=True, related_name="+"
            ),
        ),
        migrations.AlterField(
            "remotesignature", "state",
            models.CharField(
                "trạng thái", max_length=8, default="WAITING",
                choices=[
                    ("WAITING", "Chờ xác nhận trên điện thoại"), ("SIGNED", "Đã ký"),
                    ("REFUSED", "Từ chối trên điện thoại"), ("EXPIRED", "Quá giờ xác nhận"),
                    ("WRONG", "Chữ ký không khớp"), ("UNFIT", "Ký xong nhưng không dùng được"),
                    ("GIVEN_UP", "Thôi chờ"),
                ],
            ),
        ),
        migrations.RemoveConstraint("remotesignature", "a_remote_transaction_is_of_one_act"),
        migrations.AddConstraint(
            "remotesignature",
            models.UniqueConstraint(
                fields=["provider", "transaction"], name="a_remote_transaction_is_of_one_act"
            ),
        ),
    ]
