"""Sổ tiền chỉ ghi thêm: the database refuses any change of an entry and of what the outside told us."""

from django.db import migrations

TABLES = ["entry"]
KEEP = (
    """
CREATE FUNCTION payments_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'An entry of the ledger of money never changes: post another (table %).', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
    + "".join(
        f"CREATE TRIGGER payments_{table}_is_kept BEFORE UPDATE OR DELETE ON payments_{table}"
        f" FOR EACH ROW EXECUTE FUNCTION payments_refuse_change();\n"
        for table in TABLES
    )
)
LET_GO = (
    "".join(f"DROP TRIGGER payments_{table}_is_kept ON payments_{table};\n" for table in TABLES)
    + "DROP FUNCTION payments_refuse_change();"
)


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_add_payments")]
    operations = [migrations.RunSQL(KEEP, LET_GO)]
