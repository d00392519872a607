UPDATE tariff_tiers SET description = 'Solo una reforma.', sort_order = 60, max_elements = 2 WHERE code = 'T6';
