-- A warning that only the admin panel knows, with its association: not ours, and no business of ours.
INSERT INTO warnings (id, owner_category_id, element_id, code, message)
  SELECT 'c0000000-0000-4000-8000-000000000001', category_id, id, 'a_mano', 'Aviso del panel.'
  FROM elements WHERE code = 'DEPOSITO';
INSERT INTO element_warning_associations (id, element_id, warning_id)
  SELECT 'c0000000-0000-4000-8000-000000000002', element_id, id FROM warnings WHERE code = 'a_mano';
