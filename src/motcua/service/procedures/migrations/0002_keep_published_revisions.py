"""What was published stays as it was: the database refuses any change of a revision and of its children."""

from django.db import migrations

TABLES = ["revision", "case", "paper", "channel", "caselimit", "fee", "resulttype", "legalbasis"]
KEEP = (
    """
CREATE FUNCTION procedures_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A published revision of a procedure never changes: publish another (table %).', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
    + "".join(
        f"CREATE TRIGGER procedures_{table}_is_kept BEFORE UPDATE OR DELETE ON procedures_{table}"
        f" FOR EACH ROW EXECUTE FUNCTION procedures_refuse_change();\n"
        for table in TABLES
    )
)
LET_GO = (
    "".join(f"DROP TRIGGER procedures_{table}_is_kept ON procedures_{table};\n" for table in TABLES)
    + "DROP FUNCTION procedures_refuse_change();"
)


class Migration(migrations.Migration):
    dependencies = [("procedures", "0001_initial")]
    operations = [migrations.RunSQL(KEEP, LET_GO)]
