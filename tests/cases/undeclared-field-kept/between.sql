UPDATE tariff_tiers SET description = 'Lo escribió un administrador.', sort_order = 5, max_elements = 1 WHERE code = 'T6';
