-- In the admin panel the warning went to another element, in both tables.
UPDATE warnings SET element_id = (SELECT id FROM elements WHERE code = 'DEPOSITO') WHERE code = 'homologacion';
UPDATE element_warning_associations SET is_active = false;
INSERT INTO element_warning_associations (id, element_id, warning_id)
  SELECT 'b0000000-0000-4000-8000-000000000001', element_id, id FROM warnings;
