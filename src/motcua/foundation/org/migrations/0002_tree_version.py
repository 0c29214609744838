"""Renew the version of the tree whenever a row that shapes it changes, whoever changes it."""

from django.db import migrations

RENEW = """
CREATE FUNCTION org_renew_tree() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO org_treeversion (id, version) VALUES (1, gen_random_uuid())
    ON CONFLICT (id) DO UPDATE SET version = EXCLUDED.version;
    RETURN NULL;
END $$;
INSERT INTO org_treeversion (id, version) VALUES (1, gen_random_uuid());
CREATE TRIGGER org_agency_renews_tree AFTER INSERT OR DELETE OR UPDATE OF parent_id, kind, valid_to ON org_agency
    FOR EACH STATEMENT EXECUTE FUNCTION org_renew_tree();
CREATE TRIGGER org_kind_renews_tree AFTER INSERT OR DELETE OR UPDATE ON org_agencykind
    FOR EACH STATEMENT EXECUTE FUNCTION org_renew_tree();
CREATE TRIGGER org_succession_renews_tree AFTER INSERT OR DELETE OR UPDATE ON org_succession
    FOR EACH STATEMENT EXECUTE FUNCTION org_renew_tree();
"""
REVERSE = """
DROP TRIGGER org_agency_renews_tree ON org_agency;
DROP TRIGGER org_kind_renews_tree ON org_agencykind;
DROP TRIGGER org_succession_renews_tree ON org_succession;
DROP FUNCTION org_renew_tree();
"""


class Migration(migrations.Migration):
    dependencies = [("org", "0001_initial")]
    operations = [
        migrations.RunSQL(RENEW, REVERSE),
    ]
