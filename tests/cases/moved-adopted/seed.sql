INSERT INTO vehicle_categories (id, slug, name, client_type)
  VALUES ('a0000000-0000-4000-8000-000000000001', 'motos-part', 'Motocicletas', 'particular');
INSERT INTO elements (id, category_id, code, name)
  VALUES ('a0000000-0000-4000-8000-000000000002', 'a0000000-0000-4000-8000-000000000001', 'ESCAPE', 'Escape');
