-- Somebody gave the row of SIDECAR the id that ESCAPE would get, and DEPOSITO's to BAUL.
INSERT INTO elements (id, category_id, code, name)
  SELECT '87d0defe-f1c4-549f-8d92-8bf0f102d43c', id, 'SIDECAR', 'Sidecar' FROM vehicle_categories;
INSERT INTO elements (id, category_id, code, name)
  SELECT '954ff906-5c48-55ef-93ce-4622e34086be', id, 'BAUL', 'Baúl' FROM vehicle_categories;
