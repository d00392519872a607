INSERT INTO vehicle_categories (id, slug, name, client_type)
  VALUES ('a0000000-0000-4000-8000-000000000001', 'motos-part', 'Motocicletas', 'particular');
INSERT INTO tariff_tiers (id, category_id, code, name, price)
  VALUES ('a0000000-0000-4000-8000-000000000002', 'a0000000-0000-4000-8000-000000000001', 'T6', 'Sin Proyecto - 1 Elemento', 140);
