INSERT INTO tariff_tiers (id, category_id, code, name, price)
  SELECT 'b0000000-0000-4000-8000-000000000001', id, 'ESPECIAL', 'Precio a medida', 0 FROM vehicle_categories;
INSERT INTO elements (id, category_id, code, name)
  SELECT 'b0000000-0000-4000-8000-000000000002', id, 'SIDECAR', 'Sidecar' FROM vehicle_categories;
INSERT INTO policies (id, key, value, category) VALUES ('b0000000-0000-4000-8000-000000000003', 'horario', 'De 9 a 14 h.', 'empresa');
